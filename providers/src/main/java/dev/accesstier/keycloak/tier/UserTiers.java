// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * Reads users' tiers, and whether they are there at all. Claims, gate and REST all ask here, so
 * that they can never disagree.
 */
public final class UserTiers {

  private final KeycloakSession session;

  public UserTiers(KeycloakSession session) {
    this.session = session;
  }

  /**
   * The user's tier as it is stored now: for users of a {@link TierStore} it is read from there and
   * not from Keycloak's user cache, so a tier changed by anybody is in the very next token.
   *
   * @throws jakarta.ws.rs.WebApplicationException with status 503 when the store cannot be read
   */
  public AccessTier tierOf(RealmModel realm, UserModel user) {
    return AccessTier.ofUser(stored(realm, user));
  }

  /**
   * Whether the user was deleted, maybe by another service, which Keycloak's user cache learns of
   * later. Read together with the tier. Never true for users of other storages, which Keycloak
   * itself looks after.
   *
   * @throws jakarta.ws.rs.WebApplicationException with status 503 when the store cannot be read
   */
  public boolean isDeleted(RealmModel realm, UserModel user) {
    return StoredTier.of(session, realm, user).map(at -> at.read(session).deleted()).orElse(false);
  }

  private @Nullable String stored(RealmModel realm, UserModel user) {
    return StoredTier.of(session, realm, user)
        .map(at -> Optional.ofNullable(at.read(session).tier()))
        .orElseGet(() -> Optional.ofNullable(user.getFirstAttribute(AccessTier.ATTRIBUTE)))
        .orElse(null);
  }
}
