// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.resource.RealmResourceProviderFactory;

/** Serves {@code /realms/{realm}/access-tier}. */
public final class AccessTierRealmResourceFactory implements RealmResourceProviderFactory {

  /** Path below the realm. */
  static final String ID = "access-tier";

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public RealmResourceProvider create(KeycloakSession session) {
    return new RealmResourceProvider() {
      @Override
      public Object getResource() {
        return new RealmResource(session);
      }

      @Override
      public void close() {
        // holds nothing
      }
    };
  }

  @Override
  public void init(Config.Scope config) {
    // nothing to configure
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    // nothing to prepare
  }

  @Override
  public void close() {
    // nothing to release
  }
}
