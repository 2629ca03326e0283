// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.people.TierUsers;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.RequestParameters;
import jakarta.ws.rs.core.MultivaluedMap;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which users a request means. Null or empty is no condition.
 *
 * @param createdFrom ISO 8601 in UTC, as is {@code createdUntil}
 */
record UserSearchParameters(
    @Nullable String tier,
    @Nullable String search,
    @Nullable String role,
    @Nullable Boolean secondFactor,
    @Nullable Boolean emailVerified,
    @Nullable Boolean enabled,
    @Nullable String createdFrom,
    @Nullable String createdUntil) {

  private static final int LONGEST = 255;

  private static final Set<String> ROLES = Set.of("admin", "service", "user");

  static UserSearchParameters of(MultivaluedMap<String, String> query) {
    return new UserSearchParameters(
        query.getFirst("tier"),
        query.getFirst("search"),
        query.getFirst("role"),
        RequestParameters.optionalFlag("secondFactor", query.getFirst("secondFactor")),
        RequestParameters.optionalFlag("emailVerified", query.getFirst("emailVerified")),
        RequestParameters.optionalFlag("enabled", query.getFirst("enabled")),
        query.getFirst("createdFrom"),
        query.getFirst("createdUntil"));
  }

  /**
   * Checked.
   *
   * @throws org.keycloak.services.ErrorResponseException with status 400
   */
  TierUsers.Filter filter() {
    // Control characters would be trimmed away, and what is left might be nothing: everyone.
    if (search != null
        && (search.length() > LONGEST
            || search.chars().anyMatch(Character::isISOControl)
            || !StandardCharsets.UTF_8.newEncoder().canEncode(search))) {
      throw Json.bad("The search must be text of at most " + LONGEST + " characters");
    }
    if (given(role) && !ROLES.contains(role)) {
      throw Json.bad("role must be admin, service or user");
    }
    return new TierUsers.Filter(
        RequestParameters.optionalTier(tier).orElse(null),
        search == null || search.isBlank() ? null : search.strip(),
        given(role) ? role : null,
        secondFactor,
        emailVerified,
        enabled,
        moment("createdFrom", createdFrom),
        moment("createdUntil", createdUntil));
  }

  /** Whether everyone is meant; a lone {@code *} finds everyone too. */
  boolean isEmpty() {
    return (search == null || search.replace('*', ' ').isBlank())
        && Stream.of(tier, role, createdFrom, createdUntil).noneMatch(UserSearchParameters::given)
        && Stream.of(secondFactor, emailVerified, enabled).allMatch(Objects::isNull);
  }

  /**
   * What a list is sorted by: {@code email}, {@code name}, {@code tier} or {@code created}, with a
   * minus before it where it is turned round.
   */
  static TierUsers.Sorting sorting(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return TierUsers.Sorting.DEFAULT;
    }
    boolean descending = text.startsWith("-");
    return new TierUsers.Sorting(
        switch (descending ? text.substring(1) : text) {
          case "email" -> TierUsers.Order.EMAIL;
          case "name" -> TierUsers.Order.NAME;
          case "tier" -> TierUsers.Order.TIER;
          case "created" -> TierUsers.Order.CREATED;
          default ->
              throw Json.bad("sort must be email, name, tier or created, or one of -email …");
        },
        descending);
  }

  static @Nullable Instant moment(String name, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      Instant moment = Instant.parse(text);
      // Neither database has room for every moment that Java can name.
      if (moment.isAfter(Instant.EPOCH.minusSeconds(1))
          && moment.isBefore(Instant.parse("3000-01-01T00:00:00Z"))) {
        return moment;
      }
    } catch (DateTimeParseException e) {
      // said below
    }
    throw Json.bad(name + " must be a time like 2026-01-31T00:00:00Z");
  }

  private static boolean given(@Nullable String text) {
    return text != null && !text.isEmpty();
  }
}
