// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.PendingChange;
import dev.accesstier.keycloak.change.SeenTier;
import dev.accesstier.keycloak.rest.RequestParameters;
import dev.accesstier.keycloak.tier.AccessTier;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.UserModel;
import org.keycloak.storage.ReadOnlyException;

/** Changes the tier of one user. */
public final class UserTierChange {

  private UserTierChange() {}

  /** Commits, and says what the user has then. The admin has been asked for the permission. */
  public static UserTier change(
      AdminRequest admin,
      UserModel user,
      AccessTier tier,
      @Nullable String reason,
      ChangeSource source) {
    return change(admin, user, tier, SeenTier.ANY, reason, source);
  }

  /**
   * Likewise, if the user has the tier that was seen.
   *
   * @throws dev.accesstier.keycloak.change.TierMovedException when they have another one
   */
  static UserTier change(
      AdminRequest admin,
      UserModel user,
      AccessTier tier,
      SeenTier seen,
      @Nullable String reason,
      ChangeSource source) {
    requirePerson(user);
    UserTier answer = UserTier.of(user, tier);
    PendingChange pending;
    try {
      pending =
          admin
              .changes(source)
              .change(admin.realm(), user, tier, seen, RequestParameters.reason(reason));
    } catch (ReadOnlyException e) {
      throw ApiError.TIERS_READ_ONLY.exception();
    }
    admin.commit();
    if (pending.gone()) {
      throw ApiError.USER_NOT_FOUND.exception();
    }
    return answer;
  }

  private static void requirePerson(UserModel user) {
    if (user.getServiceAccountClientLink() != null) {
      throw ApiError.SERVICE_ACCOUNT.exception();
    }
  }
}
