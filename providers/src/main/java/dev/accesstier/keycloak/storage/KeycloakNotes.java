// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.storage.UserStorageUtil;
import org.keycloak.storage.adapter.AbstractUserAdapterFederatedStorage;
import org.keycloak.storage.federated.UserFederatedStorageProvider;

/**
 * What Keycloak notes about one user for itself. Its federated storage has no other place for it
 * than among the attributes, where it must be neither seen nor changed: who removes the mark of a
 * revocation makes revoked tokens valid again.
 */
final class KeycloakNotes {

  private static final String ENABLED = AbstractUserAdapterFederatedStorage.ENABLED_ATTRIBUTE;
  private static final String VERIFIED_EMAIL =
      AbstractUserAdapterFederatedStorage.EMAIL_VERIFIED_ATTRIBUTE;

  /** Until when tokens are revoked; {@code JpaUserFederatedStorageProvider} has no constant. */
  private static final String NOT_BEFORE = "fedNotBefore";

  /** Names that are no attributes of a user. */
  static final Set<String> NAMES =
      Set.of(
          ENABLED,
          VERIFIED_EMAIL,
          NOT_BEFORE,
          AbstractUserAdapterFederatedStorage.CREATED_TIMESTAMP_ATTRIBUTE);

  private final KeycloakSession session;
  private final RealmModel realm;
  private final String userId;

  KeycloakNotes(KeycloakSession session, RealmModel realm, String userId) {
    this.session = session;
    this.realm = realm;
    this.userId = userId;
  }

  boolean disabled() {
    String enabled = read(ENABLED);
    return enabled != null && !Boolean.parseBoolean(enabled);
  }

  void setDisabled(boolean disabled) {
    write(ENABLED, Boolean.toString(!disabled));
  }

  /** The address whose owner followed a mail of Keycloak's. */
  @Nullable String verifiedEmail() {
    return read(VERIFIED_EMAIL);
  }

  void setVerifiedEmail(@Nullable String email) {
    write(VERIFIED_EMAIL, email);
  }

  private @Nullable String read(String name) {
    return storage().getAttributes(realm, userId).getFirst(name);
  }

  private void write(String name, @Nullable String value) {
    if (value == null) {
      storage().removeAttribute(realm, userId, name);
    } else {
      storage().setSingleAttribute(realm, userId, name, value);
    }
  }

  private UserFederatedStorageProvider storage() {
    return UserStorageUtil.userFederatedStorage(session);
  }
}
