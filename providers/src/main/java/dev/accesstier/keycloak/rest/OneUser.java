// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.ChangeSource;
import dev.accesstier.keycloak.tier.PendingChange;
import jakarta.ws.rs.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.UserModel;
import org.keycloak.storage.ReadOnlyException;

/** Changes the tier of one user. */
final class OneUser {

  static final String READ_ONLY = "Tiers are read-only in this user's storage";

  static final String SERVICE_ACCOUNT = "A service account has no access tier";

  private OneUser() {}

  /** Commits, and says what the user has then. The admin has been asked for the permission. */
  static UserTier change(
      Admin admin, UserModel user, AccessTier tier, @Nullable String reason, ChangeSource source) {
    requirePerson(user);
    UserTier answer = UserTier.of(user, tier);
    PendingChange pending;
    try {
      pending = admin.changes(source).change(admin.realm(), user, tier, Asked.reason(reason));
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
