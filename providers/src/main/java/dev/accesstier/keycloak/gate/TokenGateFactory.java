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

  @Override
  public TokenPostProcessor create(KeycloakSession session) {
    return new TokenGate(session);
  }
}
