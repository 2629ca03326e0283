// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.matrix.BotTokens;
import dev.accesstier.keycloak.token.OldTokens;
import jakarta.ws.rs.core.Response;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProvider;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProviderFactory;
import org.keycloak.protocol.oidc.TokenIntrospectionProvider;
import org.keycloak.representations.AccessToken;

/** Keycloak's introspection of access tokens, {@code active: false} after a demotion. */
public final class AccessTokenIntrospectionFactory extends AccessTokenIntrospectionProviderFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public TokenIntrospectionProvider create(KeycloakSession session) {
    return new AccessTokenIntrospectionProvider<AccessToken>(session) {

      @Override
      public Response introspect(String token, EventBuilder event) {
        return IssuedTokens.unlessUnavailable(
            () ->
                new OldTokens(session, realm)
                    .accessToken(token)
                    .map(old -> new OldTokenIntrospection(session, event).answer(old))
                    .orElseGet(() -> super.introspect(token, event)));
      }

      /** The mappers that Keycloak runs for it have never been before a {@link TokenGate}. */
      @Override
      public AccessToken transformAccessToken(AccessToken token, UserSessionModel userSession) {
        return BotTokens.narrowed(
            session,
            token,
            IssuedTokens.cleaned(
                session, super.transformAccessToken(token, userSession), userSession.getUser()));
      }

      @Override
      protected boolean introspectionChecks(String token) {
        boolean open =
            super.introspectionChecks(token)
                && IssuedTokens.stillOpen(session, eventBuilder, client, user);
        if (!open) {
          // What is left here would be signed and sent along to who accepts application/jwt.
          transformedToken = null;
        }
        return open;
      }
    };
  }
}
