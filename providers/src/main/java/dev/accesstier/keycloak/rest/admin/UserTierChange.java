// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.PendingChange;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.RequestParameters;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.ws.rs.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.UserModel;
import org.keycloak.storage.ReadOnlyException;

/** Changes the tier of one user. */
public final class UserTierChange {

  static final String READ_ONLY = "Tiers are read-only in this user's storage";

  static final String SERVICE_ACCOUNT = "A service account has no access tier";

  private UserTierChange() {}

  /** Commits, and says what the user has then. The admin has been asked for the permission. */
  public static UserTier change(
      AdminRequest admin,
      UserModel user,
      AccessTier tier,
      @Nullable String reason,
      ChangeSource source) {
    requirePerson(user);
    UserTier answer = UserTier.of(user, tier);
    PendingChange pending;
    try {
      pending =
          admin.changes(source).change(admin.realm(), user, tier, RequestParameters.reason(reason));
    } catch (ReadOnlyException e) {
      throw Json.bad(READ_ONLY);
    }
    admin.commit();
    if (pending.gone()) {
      throw new NotFoundException("User not found");
    }
    return answer;
  }

  private static void requirePerson(UserModel user) {
    if (user.getServiceAccountClientLink() != null) {
      throw Json.bad(SERVICE_ACCOUNT);
    }
  }
}
