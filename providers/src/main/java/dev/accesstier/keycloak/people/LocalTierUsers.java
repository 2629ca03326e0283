// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import dev.accesstier.keycloak.people.TierUsers.Filter;
import dev.accesstier.keycloak.people.TierUsers.Row;
import dev.accesstier.keycloak.people.TierUsers.Sorting;
import dev.accesstier.keycloak.schema.Shown;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.jpa.entities.UserEntity;

/**
 * The people of Keycloak's own storage, by username. Keycloak's queries cannot say "those without
 * the attribute", which is what {@code public} means here.
 */
final class LocalTierUsers implements TierUsers.Source {

  /** Service accounts are no persons. */
  private static final String PEOPLE = "u.realmId = :realm and u.serviceAccountClientLink is null";

  private static final String COUNT_BY_TIER =
      """
      select a.value, count(u.id) from UserEntity u
        left join UserAttributeEntity a on a.user = u and a.name = :tier
       where %s group by a.value
      """
          .formatted(PEOPLE);

  private static final String TIER_OF_EACH =
      """
      select u.id, a.value from UserEntity u
        left join UserAttributeEntity a on a.user = u and a.name = :tier
       where %s
      """
          .formatted(PEOPLE);

  private static final String TIERS =
      "select a.user.id, a.value from UserAttributeEntity a"
          + " where a.name = :tier and a.user.id in (:ids)";

  private static final String ROLES =
      """
      select m.user.id, min(r.name) from UserRoleMappingEntity m, RoleEntity r
       where r.id = m.roleId and r.realmId = :realm and r.clientRole = false
         and r.name in ('admin', 'service') and m.user.id in (:ids)
       group by m.user.id
      """;

  private static final String TIER_RANK =
      "coalesce((select max(case a.value when 'founder' then 4 when 'alpha' then 3 when 'beta' then 2"
          + " when 'public' then 1 when '' then 1 else 0 end) from UserAttributeEntity a"
          + " where a.user = u and a.name = 'access_tier'), 1)";

  private final EntityManager entityManager;
  private final RealmModel realm;
  private final Shown shown;

  /**
   * @param shown who is to be listed at all. Where that is not everyone, all the ids that match are
   *     read: not every database takes a list of them in a condition.
   */
  LocalTierUsers(KeycloakSession session, RealmModel realm, Shown shown) {
    this.entityManager = session.getProvider(JpaConnectionProvider.class).getEntityManager();
    this.realm = realm;
    this.shown = shown;
  }

  @Override
  public List<Row> page(Filter filter, Sorting sorting, int first, int max) {
    return rows(new LocalTierSearch(filter, null), sorting, first, max);
  }

  @Override
  public List<Row> pageAfter(Filter filter, @Nullable String after, int max) {
    return rows(new LocalTierSearch(filter, after), Sorting.DEFAULT, 0, max);
  }

  private List<Row> rows(LocalTierSearch search, Sorting sorting, int first, int max) {
    String order = order(sorting);
    List<UserEntity> users =
        everyone()
            ? select("u", search, order, UserEntity.class)
                .setFirstResult(first)
                .setMaxResults(max)
                .getResultList()
            : entities(visible(search, order).skip(first).limit(max).toList(), order);
    if (users.isEmpty()) {
      return List.of();
    }
    List<String> ids = users.stream().map(UserEntity::getId).toList();
    Map<String, String> tiers =
        byUser(
            entityManager
                .createQuery(TIERS, Object[].class)
                .setParameter("tier", AccessTier.ATTRIBUTE)
                .setParameter("ids", ids));
    Map<String, String> roles =
        byUser(
            entityManager
                .createQuery(ROLES, Object[].class)
                .setParameter("realm", realm.getId())
                .setParameter("ids", ids));
    return users.stream().map(user -> row(user, tiers, roles)).toList();
  }

  /** Keycloak's usernames are unique in a realm. */
  @Override
  public String key(Row row) {
    return entityManager.find(UserEntity.class, row.id()).getUsername();
  }

  @Override
  public long count(Filter filter) {
    LocalTierSearch search = new LocalTierSearch(filter, null);
    if (!everyone()) {
      return visible(search, order(Sorting.DEFAULT)).count();
    }
    return search
        .applyTo(
            entityManager.createQuery(
                "select count(u.id) from UserEntity u where " + PEOPLE + search.conditions(),
                Long.class))
        .setParameter("realm", realm.getId())
        .getSingleResult();
  }

  @Override
  public Map<AccessTier, Long> countByTier() {
    Map<AccessTier, Long> counts = new EnumMap<>(AccessTier.class);
    if (!everyone()) {
      byUser(
              entityManager
                  .createQuery(TIER_OF_EACH, Object[].class)
                  .setParameter("realm", realm.getId())
                  .setParameter("tier", AccessTier.ATTRIBUTE))
          .forEach(
              (id, tier) -> {
                if (shown.contains(id)) {
                  counts.merge(AccessTier.ofUser(tier), 1L, Long::sum);
                }
              });
      return counts;
    }
    entityManager
        .createQuery(COUNT_BY_TIER, Object[].class)
        .setParameter("realm", realm.getId())
        .setParameter("tier", AccessTier.ATTRIBUTE)
        .getResultList()
        .forEach(row -> counts.merge(AccessTier.ofUser((String) row[0]), (Long) row[1], Long::sum));
    return counts;
  }

  private boolean everyone() {
    return shown.equals(Shown.EVERYONE);
  }

  private Stream<String> visible(LocalTierSearch search, String order) {
    return select("u.id", search, order, String.class).getResultList().stream()
        .filter(shown::contains);
  }

  private List<UserEntity> entities(List<String> ids, String order) {
    return ids.isEmpty()
        ? List.of()
        : entityManager
            .createQuery(
                "select u from UserEntity u where u.id in (:ids)" + order, UserEntity.class)
            .setParameter("ids", ids)
            .getResultList();
  }

  private static String order(Sorting sorting) {
    String direction = sorting.descending() ? " desc" : "";
    String by =
        switch (sorting.order()) {
          case EMAIL -> "";
          case NAME -> "lower(u.firstName)%1$s, lower(u.lastName)%1$s, ";
          case TIER -> TIER_RANK + "%1$s, ";
          case CREATED -> "u.createdTimestamp%1$s, ";
        };
    return " order by " + (by + "u.username%1$s").formatted(direction);
  }

  private <T> TypedQuery<T> select(
      String what, LocalTierSearch search, String order, Class<T> type) {
    return search
        .applyTo(
            entityManager.createQuery(
                "select "
                    + what
                    + " from UserEntity u where "
                    + PEOPLE
                    + search.conditions()
                    + order,
                type))
        .setParameter("realm", realm.getId());
  }

  private static Row row(UserEntity user, Map<String, String> tiers, Map<String, String> roles) {
    Long created = user.getCreatedTimestamp();
    return new Row(
        user.getId(),
        user.getEmail(),
        Stream.of(user.getFirstName(), user.getLastName())
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" ")),
        roles.getOrDefault(user.getId(), "user"),
        AccessTier.ofUser(tiers.get(user.getId())),
        Instant.ofEpochMilli(created == null ? 0 : created),
        false,
        user.isEmailVerified(),
        user.isEnabled());
  }

  private static Map<String, String> byUser(TypedQuery<Object[]> query) {
    Map<String, String> values = new HashMap<>();
    query
        .getResultList()
        .forEach(row -> values.put((String) row[0], row[1] == null ? "" : (String) row[1]));
    return values;
  }
}
