// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.TierRefusal;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response.Status;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.ErrorPageException;
import org.keycloak.services.cors.Cors;

/** Asked before any OIDC grant answers, with the tokens made but not yet signed. */
final class TokenGate implements TokenPostProcessor {

  private static final String DESCRIPTION = "The user's access tier does not reach this client";

  private final KeycloakSession session;
  private final RealmModel realm;
  private final TierGate gate;

  TokenGate(KeycloakSession session) {
    this.session = session;
    this.realm = session.getContext().getRealm();
    this.gate = new TierGate(session);
  }

  @Override
  public void process(TokenPostProcessorContext context) {
    UserSessionModel within = context.clientSessionCtx().getClientSession().getUserSession();
    UserModel user = within.getUser();
    AccessToken token = context.accessToken();
    for (ClientModel client : clients(context.clientSessionCtx(), token)) {
      GateSetup.warnIfIncomplete(session, realm, client);
      Optional<TierRefusal> refusal = gate.refusal(realm, client, user);
      if (refusal.isPresent()) {
        refuse(refusal.get(), within);
      }
    }
    if (token != null) {
      dropClosedAudiences(token, user);
    }
  }

  /**
   * Everyone the token is for: the client session's client (at UMA and legacy exchange the target),
   * the client that asked, and the audiences it named.
   */
  private Set<ClientModel> clients(ClientSessionContext context, @Nullable AccessToken token) {
    Set<ClientModel> clients = new LinkedHashSet<>();
    clients.add(context.getClientSession().getClient());
    if (token != null && token.getIssuedFor() != null) {
      Stream.of(realm.getClientByClientId(token.getIssuedFor()))
          .filter(Objects::nonNull)
          .forEach(clients::add);
    }
    ClientModel[] requested =
        context.getAttribute(Constants.REQUESTED_AUDIENCE_CLIENTS, ClientModel[].class);
    if (requested != null) {
      clients.addAll(Arrays.asList(requested));
    }
    return clients;
  }

  /**
   * A role or an audience mapper may name a closed app in the token of an open one. The open app
   * keeps its token; the closed one is not in it.
   */
  private void dropClosedAudiences(AccessToken token, UserModel user) {
    token.getResourceAccess().keySet().removeIf(name -> isClosed(name, user));
    String[] audience = token.getAudience();
    if (audience == null) {
      return;
    }
    String[] open =
        Arrays.stream(audience).filter(name -> !isClosed(name, user)).toArray(String[]::new);
    if (open.length < audience.length) {
      token.audience(open.length == 0 ? null : open);
    }
  }

  private boolean isClosed(String audience, UserModel user) {
    ClientModel client = realm.getClientByClientId(audience);
    return client != null && gate.refusal(realm, client, user).isPresent();
  }

  /**
   * Refuses, and undoes what the grant did so far, so that no user session stays behind. The
   * exception is the one that no grant swallows; UMA would turn another into status 500 and JWT
   * bearer into {@code invalid_grant}.
   */
  private void refuse(TierRefusal refusal, UserSessionModel within) {
    Way way = Way.ofGrant(grantType());
    Refusals.report(session, way, refusal, within);
    session.getTransactionManager().setRollbackOnly();
    if (way == Way.BROWSER) {
      throw new ErrorPageException(session, Status.FORBIDDEN, DeniedPage.SHORT_MESSAGE);
    }
    Cors cors =
        Cors.builder()
            .auth()
            .allowedMethods("POST")
            .exposedHeaders(Cors.ACCESS_CONTROL_ALLOW_METHODS)
            .checkAllowedOrigins(session, session.getContext().getClient());
    throw new CorsErrorResponseException(
        cors, OAuthErrorException.ACCESS_DENIED, DESCRIPTION, Status.BAD_REQUEST);
  }

  private @Nullable String grantType() {
    MultivaluedMap<String, String> form =
        session.getContext().getHttpRequest().getDecodedFormParameters();
    return form == null ? null : form.getFirst(OAuth2Constants.GRANT_TYPE);
  }
}
