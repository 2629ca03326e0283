// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.token;

import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.RefreshTokenGrantTypeFactory;

/** Makes the {@link OldRefreshGrant}; grant type and shortcut are Keycloak's. */
public final class OldRefreshGrantFactory extends RefreshTokenGrantTypeFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public OAuth2GrantType create(KeycloakSession session) {
    return new OldRefreshGrant();
  }
}
