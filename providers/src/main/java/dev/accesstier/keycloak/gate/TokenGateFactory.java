// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;

/** Makes the {@link TokenGate}, which Keycloak runs in every realm without any configuration. */
public final class TokenGateFactory implements TokenPostProcessorFactory {

  static final String ID = "access-tier";

  @Override
  public String getId() {
    return ID;
  }

  /**
   * Above the 0 of Keycloak's own: its resource indicators put an address in place of the audience,
   * which tells no client any more. {@link ClosedAppsPostProcessorFactory} looks again.
   */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public TokenPostProcessor create(KeycloakSession session) {
    return new TokenGate(session);
  }
}
