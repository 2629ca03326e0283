// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.RequiredTier;
import dev.accesstier.keycloak.tier.TierRefusal;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.models.ClientModel;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.services.CorsErrorResponseException;

/**
 * Legacy token exchange can answer with a SAML assertion, which Keycloak makes without asking any
 * {@link TokenGate}. Whose assertion it would be is known too late, so none for a gated app is made
 * this way, whatever the tier; a login in the browser gives one. All other exchanges are left to
 * Keycloak.
 */
final class SamlExchangeGate implements TokenExchangeProvider {

  @Override
  public boolean supports(TokenExchangeContext context) {
    return OAuth2Constants.SAML2_TOKEN_TYPE.equals(context.getParams().getRequestedTokenType())
        && gatedTargets(context).findAny().isPresent();
  }

  @Override
  public Response exchange(TokenExchangeContext context) {
    context
        .getEvent()
        .detail(Details.REASON, TierRefusal.REASON)
        .detail(Details.AUDIENCE, gatedTargets(context).map(ClientModel::getClientId).toList())
        .error(Errors.ACCESS_DENIED);
    throw new CorsErrorResponseException(
        context.getCors(),
        OAuthErrorException.ACCESS_DENIED,
        "No SAML assertion for a client with a required tier by token exchange",
        Status.BAD_REQUEST);
  }

  private static Stream<ClientModel> gatedTargets(TokenExchangeContext context) {
    List<String> audience = context.getParams().getAudience();
    Stream<ClientModel> targets =
        audience == null || audience.isEmpty()
            ? Stream.of(context.getClient())
            : audience.stream()
                .map(context.getRealm()::getClientByClientId)
                .filter(Objects::nonNull);
    return targets.filter(client -> !(RequiredTier.of(client) instanceof RequiredTier.None));
  }

  /** Asked for by Keycloak 26.6, gone in 26.7. */
  public int getVersion() {
    return 1;
  }

  @Override
  public void close() {
    // holds nothing
  }
}
