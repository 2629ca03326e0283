// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import java.util.Optional;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.storage.UserStorageProvider;

/** A user storage provider factory that implements it is asked how its components are watched. */
public interface ChangeWatch {

  /** Empty for a component that is not watched, or not yet. */
  Optional<WatchState> state(String componentId);

  /** Likewise, for a component of any provider. */
  static Optional<WatchState> of(KeycloakSession session, ComponentModel component) {
    return session
                .getKeycloakSessionFactory()
                .getProviderFactory(UserStorageProvider.class, component.getProviderId())
            instanceof ChangeWatch watch
        ? watch.state(component.getId())
        : Optional.empty();
  }
}
