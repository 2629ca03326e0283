// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The statements on users and their passwords. */
public final class UserQueries {

  private static final String HAS_PASSKEYS =
      "case when exists (select 1 from AuthPasskey k where k.userId = u.id) then true else false end";

  private static final String USERS =
      "select new dev.accesstier.keycloak.schema.UserRow(u, %s) from AuthUser u";

  /** Better Auth itself keeps one credential row a user; of several the oldest counts. */
  private static final String PASSWORD =
      """
      select new dev.accesstier.keycloak.schema.StoredPassword(
             u, a.password, p.hashedPassword, a.updatedAt, %s)
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

  private final EntityManager entityManager;
  private final String hasPasskeys;

  /**
   * On one connection.
   *
   * @param passkeys whether that table can be read
   */
  public UserQueries(EntityManager entityManager, boolean passkeys) {
    this.entityManager = entityManager;
    this.hasPasskeys = passkeys ? HAS_PASSKEYS : "false";
  }

  Optional<UserRow> byId(String id) {
    return users(" where u.id = :id").setParameter("id", id).getResultStream().findFirst();
  }

  List<UserRow> byIds(Collection<String> ids) {
    return users(" where u.id in (:ids)").setParameter("ids", ids).getResultList();
  }

  Optional<UserRow> byEmail(String email) {
    return users(" where u.email = :email")
        .setParameter("email", email)
        .getResultStream()
        .findFirst();
  }

  public Optional<StoredPassword> password(String id) {
    return entityManager
        .createQuery(PASSWORD.formatted(hasPasskeys), StoredPassword.class)
        .setParameter("id", id)
        .setMaxResults(1)
        .getResultStream()
        .findFirst();
  }

  Optional<Instant> passwordChangedAt(String id) {
    return entityManager
        .createQuery(PASSWORD_CHANGED_AT, Instant.class)
        .setParameter("id", id)
        .setMaxResults(1)
        .getResultStream()
        .findFirst();
  }

  /** Ordered by email, which is unique and indexed: pages neither overlap nor leave gaps. */
  List<UserRow> search(UserSearch search, int first, int max) {
    TypedQuery<UserRow> query = users(search.where() + " order by u.email");
    search.parameters().forEach(query::setParameter);
    return query.setFirstResult(first).setMaxResults(max).getResultList();
  }

  int count(UserSearch search) {
    TypedQuery<Long> query =
        entityManager.createQuery("select count(u) from AuthUser u" + search.where(), Long.class);
    search.parameters().forEach(query::setParameter);
    return Math.toIntExact(query.getSingleResult());
  }

  /** How many users that match have each tier that somebody has. */
  Map<AccessTier, Long> countByTier(UserSearch search) {
    Map<AccessTier, Long> counts = new EnumMap<>(AccessTier.class);
    TypedQuery<Object[]> query =
        entityManager.createQuery(
            "select %1$s, count(u) from AuthUser u%2$s group by %1$s"
                .formatted(UserSearch.TIER, search.where()),
            Object[].class);
    search.parameters().forEach(query::setParameter);
    query
        .getResultList()
        .forEach(row -> counts.merge(AccessTier.ofUser((String) row[0]), (Long) row[1], Long::sum));
    return counts;
  }

  private TypedQuery<UserRow> users(String where) {
    return entityManager.createQuery(USERS.formatted(hasPasskeys) + where, UserRow.class);
  }
}
