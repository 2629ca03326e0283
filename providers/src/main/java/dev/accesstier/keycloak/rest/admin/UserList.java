// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.people.PermittedUsers;
import dev.accesstier.keycloak.people.TierUsers;
import dev.accesstier.keycloak.rest.RequestParameters;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Users as listed. */
public record UserList(List<Item> users, long total) {

  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /**
   * A user.
   *
   * @param email null where a local user has none
   * @param createdAt ISO 8601 in UTC with milliseconds
   * @param secondFactor whether the schema has one, which {@link SecondFactorRemoval} removes
   * @param manageable whether the admin may change the user
   */
  record Item(
      String id,
      @Nullable String email,
      String name,
      String role,
      String accessTier,
      String createdAt,
      boolean secondFactor,
      boolean emailVerified,
      boolean enabled,
      boolean manageable) {

    static Item of(TierUsers.Row row, PermittedUsers manageable) {
      return new Item(
          row.id(),
          row.email(),
          row.name(),
          row.role(),
          row.tier().value(),
          iso(row.createdAt()),
          row.secondFactor(),
          row.emailVerified(),
          row.enabled(),
          manageable.contains(row.id()));
    }
  }

  static UserList of(
      AdminRequest admin,
      TierUsers.Filter filter,
      TierUsers.Sorting sorting,
      RequestParameters.Page page) {
    PermittedUsers manageable = admin.may().manageableUsers();
    TierUsers users = new TierUsers(admin.session(), admin.realm(), admin.may().visibleUsers());
    return new UserList(
        users.list(filter, sorting, page.first(), page.max()).stream()
            .map(row -> Item.of(row, manageable))
            .toList(),
        users.count(filter));
  }

  public static String iso(Instant time) {
    return ISO.format(time);
  }
}
