// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Optional;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.UserStorageProvider;

/**
 * A user's place in a {@link TierStore}.
 *
 * @param externalId the user's id within the component
 */
public record StoredTier(TierStore store, ComponentModel component, String externalId) {

  /** Empty for local users and those of other storages. */
  public static Optional<StoredTier> of(KeycloakSession session, RealmModel realm, UserModel user) {
    return of(session, realm, user.getId());
  }

  /** Likewise, by Keycloak's id. */
  public static Optional<StoredTier> of(KeycloakSession session, RealmModel realm, String userId) {
    StorageId id = new StorageId(userId);
    ComponentModel component = id.isLocal() ? null : realm.getComponent(id.getProviderId());
    return component != null
            && session
                    .getKeycloakSessionFactory()
                    .getProviderFactory(UserStorageProvider.class, component.getProviderId())
                instanceof TierStore store
        ? Optional.of(new StoredTier(store, component, id.getExternalId()))
        : Optional.empty();
  }

  /** What the store has of the user now. */
  public FreshUser read(KeycloakSession session) {
    return store.read(session, component, externalId);
  }
}
