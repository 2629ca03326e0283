package dev.accesstier.keycloak.gate;

import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProviderFactory;
import org.keycloak.protocol.oidc.TokenIntrospectionProvider;

/** Takes the place of Keycloak's own introspection of access tokens, and does what it does. */
public final class TierIntrospectionFactory extends AccessTokenIntrospectionProviderFactory {

  @Override
  public TokenIntrospectionProvider create(KeycloakSession session) {
    return new TierIntrospection(session);
  }

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }
}
