// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.matrix;

import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeFactory;

/** Makes the {@link MatrixUserGrant}. */
public final class MatrixUserGrantFactory implements OAuth2GrantTypeFactory {

  @Override
  public String getId() {
    return MatrixUserGrant.TYPE;
  }

  /** Stands in the ids of tokens; no other grant may have it. */
  @Override
  public String getShortcut() {
    return "mx";
  }

  @Override
  public OAuth2GrantType create(KeycloakSession session) {
    return new MatrixUserGrant();
  }

  @Override
  public void init(Config.Scope config) {}

  @Override
  public void postInit(KeycloakSessionFactory factory) {}

  @Override
  public void close() {}
}
