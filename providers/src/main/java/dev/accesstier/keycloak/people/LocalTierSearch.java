// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import dev.accesstier.keycloak.people.TierUsers.Filter;
import dev.accesstier.keycloak.schema.UserSearch;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A search for local people as conditions in JPQL, words as {@link UserSearch} takes them. */
final class LocalTierSearch {

  private static final String WITH_TIER =
      " and %s exists (select a.id from UserAttributeEntity a"
          + " where a.user = u and a.name = :tierName and a.value %s)";

  private static final String WITH_ROLE =
      " and %s exists (select m.user.id from UserRoleMappingEntity m, RoleEntity r"
          + " where m.user = u and r.id = m.roleId and r.realmId = u.realmId"
          + " and r.clientRole = false and r.name %s)";

  private final StringBuilder conditions = new StringBuilder();
  private final Map<String, Object> parameters = new HashMap<>();

  /**
   * @param after null: from the beginning
   */
  LocalTierSearch(Filter filter, @Nullable String after) {
    if (filter.tier() != null) {
      ofTier(filter.tier());
    }
    if (filter.search() != null) {
      for (String word : filter.search().strip().split("\\s+", -1)) {
        beginsWith(word);
      }
    }
    if (filter.role() != null) {
      ofRole(filter.role());
    }
    if (Boolean.TRUE.equals(filter.secondFactor())) {
      conditions.append(" and 1 = 0");
    }
    flag("u.emailVerified", filter.emailVerified());
    flag("u.enabled", filter.enabled());
    created(">=", filter.createdFrom());
    created("<=", filter.createdUntil());
    if (after != null) {
      conditions.append(" and u.username > :after");
      parameters.put("after", after);
    }
  }

  String conditions() {
    return conditions.toString();
  }

  <T> TypedQuery<T> applyTo(TypedQuery<T> query) {
    parameters.forEach(query::setParameter);
    return query;
  }

  /** In step with {@link AccessTier#ofUser}. */
  private void ofTier(AccessTier tier) {
    parameters.put("tierName", AccessTier.ATTRIBUTE);
    conditions.append(
        switch (tier) {
          case PUBLIC -> WITH_TIER.formatted("not", "not in ('public', '')");
          case GUEST ->
              WITH_TIER.formatted("", "not in ('public', 'beta', 'alpha', 'founder', '')");
          case BETA, ALPHA, FOUNDER -> WITH_TIER.formatted("", "= '" + tier.value() + "'");
        });
  }

  /** In step with the highest role that a list shows. */
  private void ofRole(String role) {
    conditions.append(
        switch (role) {
          case "admin" -> WITH_ROLE.formatted("", "= 'admin'");
          case "service" ->
              WITH_ROLE.formatted("", "= 'service'") + WITH_ROLE.formatted("not", "= 'admin'");
          case "user" -> WITH_ROLE.formatted("not", "in ('admin', 'service')");
          default -> " and 1 = 0";
        });
  }

  private void flag(String column, @Nullable Boolean wanted) {
    if (wanted != null) {
      conditions.append(" and ").append(column).append(wanted ? " = true" : " = false");
    }
  }

  private void created(String comparison, @Nullable Instant moment) {
    if (moment != null) {
      String name = "created" + parameters.size();
      parameters.put(name, moment.toEpochMilli());
      conditions.append(" and u.createdTimestamp ").append(comparison).append(" :").append(name);
    }
  }

  private void beginsWith(String word) {
    String pattern = UserSearch.pattern(word);
    String asIs = "word" + parameters.size();
    parameters.put(asIs, pattern);
    // Keycloak makes lower case of these itself, in Java.
    String lower = "lower" + parameters.size();
    parameters.put(lower, pattern.toLowerCase(Locale.ROOT));
    conditions.append(
        " and (u.username like :%1$s escape '\\' or u.email like :%1$s escape '\\'".formatted(lower)
            + " or lower(u.firstName) like lower(:%1$s) escape '\\'".formatted(asIs)
            + " or lower(u.lastName) like lower(:%1$s) escape '\\')".formatted(asIs));
  }
}
