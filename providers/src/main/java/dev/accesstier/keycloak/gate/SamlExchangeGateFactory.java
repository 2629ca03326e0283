// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.TokenExchangeProviderFactory;

/** Makes the {@link SamlExchangeGate}, which is asked before Keycloak's own exchanges. */
public final class SamlExchangeGateFactory implements TokenExchangeProviderFactory {

  @Override
  public String getId() {
    return "access-tier";
  }

  /** Above Keycloak's standard exchange, 20 at most in what was seen. */
  @Override
  public int order() {
    return 1000;
  }

  @Override
  public TokenExchangeProvider create(KeycloakSession session) {
    return new SamlExchangeGate();
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
