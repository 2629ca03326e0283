// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import jakarta.ws.rs.core.Response;
import org.keycloak.authorization.protection.introspect.RPTIntrospectionProvider;
import org.keycloak.authorization.protection.introspect.RPTIntrospectionProviderFactory;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenIntrospectionProvider;

/** The same for UMA's requesting party tokens, which resource servers ask for by a hint. */
public final class RptIntrospectionFactory extends RPTIntrospectionProviderFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public TokenIntrospectionProvider create(KeycloakSession session) {
    return new RPTIntrospectionProvider(session) {

      @Override
      public Response introspect(String token, EventBuilder event) {
        return IssuedTokens.unlessUnavailable(() -> super.introspect(token, event));
      }

      @Override
      protected boolean introspectionChecks(String token) {
        boolean open =
            super.introspectionChecks(token)
                && IssuedTokens.stillOpen(session, eventBuilder, client, user);
        if (open) {
          // Audience and permissions are told from the token itself.
          this.token = IssuedTokens.cleaned(session, this.token, user);
        }
        return open;
      }
    };
  }
}
