// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;

/** Asked before any OIDC grant answers, with the tokens made but not yet signed. */
final class TokenGate implements TokenPostProcessor {

  private final KeycloakSession session;
  private final RealmModel realm;

  TokenGate(KeycloakSession session) {
    this.session = session;
    this.realm = session.getContext().getRealm();
  }

  @Override
  public void process(TokenPostProcessorContext context) {
    UserSessionModel within = context.clientSessionCtx().getClientSession().getUserSession();
    new GrantGate(session)
        .admit(
            within.getUser(), within, clients(context.clientSessionCtx(), context.accessToken()));
    ClosedApps.of(session, within.getUser()).leaveOutOf(context);
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
}
