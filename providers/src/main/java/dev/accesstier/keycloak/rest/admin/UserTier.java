// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.UserTiers;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.UserModel;

/**
 * A user's tier, as answered.
 *
 * @param id Keycloak's
 * @param email null where a local user has none
 */
public record UserTier(String id, @Nullable String email, String accessTier) {

  public static UserTier of(AdminRequest admin, UserModel user) {
    return of(user, new UserTiers(admin.session()).tierOf(admin.realm(), user));
  }

  public static UserTier of(UserModel user, AccessTier tier) {
    return new UserTier(user.getId(), user.getEmail(), tier.value());
  }

  /** The answer to a change. */
  public record Changed(boolean success, UserTier user) {}

  /**
   * What is asked for.
   *
   * @param tier null where it is missing
   * @param reason null where none is given
   * @param from the tier that was seen; null: whatever it is
   */
  public record Wanted(@Nullable String tier, @Nullable String reason, @Nullable String from) {}
}
