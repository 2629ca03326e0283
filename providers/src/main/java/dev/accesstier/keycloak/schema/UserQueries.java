// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.Shape;
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

  private static final String USERS =
      "select new dev.accesstier.keycloak.schema.UserRow(u, %s) from AuthUser u";

  /** An email has an {@code @} and a username has none, but for what stands in either by hand. */
  private static final String NAMED =
      " where u.email = :name or %1$s = :name order by case when u.email = :name then 0 else 1 end";

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
  private final OptionalExpressions optional;

  /**
   * On one connection.
   *
   * @param shape what its database has
   */
  public UserQueries(EntityManager entityManager, Shape shape) {
    this.entityManager = entityManager;
    this.optional = new OptionalExpressions(shape);
  }

  Optional<UserRow> byId(String id) {
    return users(" where u.id = :id").setParameter("id", id).getResultStream().findFirst();
  }

  List<UserRow> byIds(Collection<String> ids) {
    return users(" where u.id in (:ids)").setParameter("ids", ids).getResultList();
  }

  /** Those of the ids that there are, in any order. */
  public List<AuthUser> found(Collection<String> ids) {
    return byIds(ids).stream().map(UserRow::user).toList();
  }

  /**
   * The users that were written after some other, in the order of writing.
   *
   * @param at when the other was written
   * @param id the other's; empty: all of that moment
   */
  public List<AuthUser> writtenAfter(Instant at, String id, int max) {
    return users(" where (u.updatedAt, u.id) > (:at, :id) order by u.updatedAt, u.id")
        .setParameter("at", at)
        .setParameter("id", id)
        .setMaxResults(max)
        .getResultStream()
        .map(UserRow::user)
        .toList();
  }

  Optional<UserRow> byEmail(String email) {
    return users(" where u.email = :email")
        .setParameter("email", email)
        .getResultStream()
        .findFirst();
  }

  /** Looks in the email first. */
  Optional<UserRow> byName(String name) {
    return optional
        .username()
        .map(
            username ->
                users(NAMED.formatted(username))
                    .setParameter("name", name)
                    .setMaxResults(1)
                    .getResultStream()
                    .findFirst())
        .orElseGet(() -> byEmail(name));
  }

  public Optional<StoredPassword> password(String id) {
    return entityManager
        .createQuery(PASSWORD.formatted(optional.ofRow()), StoredPassword.class)
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

  List<UserRow> search(UserSearch search, int first, int max) {
    TypedQuery<UserRow> query = users(search.where(optional) + search.order());
    search.parameters().forEach(query::setParameter);
    return query.setFirstResult(first).setMaxResults(max).getResultList();
  }

  int count(UserSearch search) {
    TypedQuery<Long> query =
        entityManager.createQuery(
            "select count(u) from AuthUser u" + search.where(optional), Long.class);
    search.parameters().forEach(query::setParameter);
    return Math.toIntExact(query.getSingleResult());
  }

  /** How many users that match have each tier that somebody has. */
  Map<AccessTier, Long> countByTier(UserSearch search) {
    Map<AccessTier, Long> counts = new EnumMap<>(AccessTier.class);
    TypedQuery<Object[]> query =
        entityManager.createQuery(
            "select %1$s, count(u) from AuthUser u%2$s group by %1$s"
                .formatted(UserSearch.TIER, search.where(optional)),
            Object[].class);
    search.parameters().forEach(query::setParameter);
    query
        .getResultList()
        .forEach(row -> counts.merge(AccessTier.ofUser((String) row[0]), (Long) row[1], Long::sum));
    return counts;
  }

  private TypedQuery<UserRow> users(String where) {
    return entityManager.createQuery(USERS.formatted(optional.ofRow()) + where, UserRow.class);
  }
}
