package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The statements on users and their passwords. */
final class UserQueries {

  private static final String BY_EMAIL = "select u from AuthUser u where u.email = :email";

  /** Better Auth itself keeps one credential row a user; of several the oldest counts. */
  private static final String PASSWORD =
      """
      select new dev.accesstier.keycloak.storage.StoredPassword(u, a.password, p.hashedPassword)
        from AuthUser u
        left join AuthAccount a
          on a.userId = u.id and a.providerId = 'credential' and a.password is not null
        left join AuthPassword p on p.userId = u.id
       where u.id = :id
       order by a.createdAt, a.id
      """;

  private static final String PASSWORD_CHANGED_AT =
      """
      select a.updatedAt from AuthAccount a
       where a.userId = :id and a.providerId = 'credential' and a.password is not null
       order by a.createdAt, a.id
      """;

  private UserQueries() {}

  static Optional<AuthUser> byEmail(EntityManager entityManager, String email) {
    return entityManager
        .createQuery(BY_EMAIL, AuthUser.class)
        .setParameter("email", email)
        .getResultStream()
        .findFirst();
  }

  static Optional<StoredPassword> password(EntityManager entityManager, String id) {
    return entityManager
        .createQuery(PASSWORD, StoredPassword.class)
        .setParameter("id", id)
        .setMaxResults(1)
        .getResultStream()
        .findFirst();
  }

  static Optional<Instant> passwordChangedAt(EntityManager entityManager, String id) {
    return entityManager
        .createQuery(PASSWORD_CHANGED_AT, Instant.class)
        .setParameter("id", id)
        .setMaxResults(1)
        .getResultStream()
        .findFirst();
  }

  /** Ordered by email, which is unique and indexed: pages neither overlap nor leave gaps. */
  static List<AuthUser> search(EntityManager entityManager, UserSearch search, int first, int max) {
    TypedQuery<AuthUser> query =
        entityManager.createQuery(
            "select u from AuthUser u" + search.where() + " order by u.email", AuthUser.class);
    search.parameters().forEach(query::setParameter);
    return query.setFirstResult(first).setMaxResults(max).getResultList();
  }

  static int count(EntityManager entityManager, UserSearch search) {
    TypedQuery<Long> query =
        entityManager.createQuery("select count(u) from AuthUser u" + search.where(), Long.class);
    search.parameters().forEach(query::setParameter);
    return Math.toIntExact(query.getSingleResult());
  }

  /** How many users have each tier that somebody has. */
  static Map<AccessTier, Long> countByTier(EntityManager entityManager) {
    Map<AccessTier, Long> counts = new EnumMap<>(AccessTier.class);
    entityManager
        .createQuery(
            "select %1$s, count(u) from AuthUser u group by %1$s".formatted(UserSearch.TIER),
            Object[].class)
        .getResultList()
        .forEach(row -> counts.merge(AccessTier.ofUser((String) row[0]), (Long) row[1], Long::sum));
    return counts;
  }
}
