// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.storage.federated.UserFederatedStorageProvider;
import org.keycloak.storage.jpa.JpaUserFederatedStorageProviderFactory;

/** Puts {@link LinkedFederatedStorage} in place of Keycloak's own, under the same id. */
public final class LinkedFederatedStorageFactory extends JpaUserFederatedStorageProviderFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public UserFederatedStorageProvider create(KeycloakSession session) {
    return new LinkedFederatedStorage(
        session, session.getProvider(JpaConnectionProvider.class).getEntityManager());
  }
}
