// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import static org.keycloak.authorization.authorization.AuthorizationTokenService.CLAIM_TOKEN_FORMAT_ID_TOKEN;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.PermissionGrantType;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.idm.authorization.PermissionTicketToken;
import org.keycloak.services.managers.AppAuthManager;

/**
 * Keycloak's UMA grant, which answers {@code response_mode=decision} and {@code permissions}
 * without making a token, so that {@link TokenGate} is not asked. It is asked here instead, before
 * anything is decided and for all three answers alike.
 */
final class UmaGrant extends PermissionGrantType {

  /** A bearer token stands for the client as well as for the person. */
  @Override
  public Response process(Context context) {
    setContext(context);
    String bearer = bearer();
    if (bearer != null) {
      AccessToken token = session.tokens().decode(bearer, AccessToken.class);
      ClientModel asker = token == null ? null : client(token.getIssuedFor());
      if (asker != null) {
        // As Keycloak does itself next; a refusal answers the asker's own web origins.
        session.getContext().setClient(asker);
        admit(token);
      }
    }
    return super.process(context);
  }

  /** Called by Keycloak where there is no bearer token. */
  @Override
  protected void checkClient() {
    super.checkClient();
    String subject =
        isIdToken() ? formParams.getFirst("claim_token") : formParams.getFirst("subject_token");
    if (subject != null) {
      admit(session.tokens().decode(subject, AccessToken.class));
    }
  }

  private boolean isIdToken() {
    String format = formParams.getFirst("claim_token_format");
    return format == null
        ? formParams.containsKey("claim_token")
        : CLAIM_TOKEN_FORMAT_ID_TOKEN.equalsIgnoreCase(format);
  }

  private @Nullable String bearer() {
    String header = headers.getRequestHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    return header != null && header.regionMatches(true, 0, "bearer", 0, 6)
        ? AppAuthManager.extractAuthorizationHeaderToken(headers)
        : null;
  }

  /**
   * A token that is not valid is left to Keycloak, which refuses it.
   *
   * @param token names the person the decision is about
   */
  private void admit(@Nullable AccessToken token) {
    if (token == null || !token.isActive()) {
      return;
    }
    UserSessionModel within = token.getSessionId() == null ? null : within(token.getSessionId());
    UserModel user =
        within == null
            ? TokenManager.lookupUserFromStatelessToken(session, realm, token)
            : within.getUser();
    if (user != null) {
      new GrantGate(session).admit(user, within, clients(token));
    }
  }

  private @Nullable UserSessionModel within(String sessionId) {
    UserSessionModel online = session.sessions().getUserSession(realm, sessionId);
    return online != null ? online : session.sessions().getOfflineUserSession(realm, sessionId);
  }

  /** The client that asks, the one the token was issued to, and the resource server. */
  private Set<ClientModel> clients(AccessToken token) {
    Set<ClientModel> clients = new LinkedHashSet<>();
    clients.add(session.getContext().getClient());
    Stream.of(client(token.getIssuedFor()), client(resourceServer()))
        .filter(Objects::nonNull)
        .forEach(clients::add);
    return clients;
  }

  /** A ticket goes before the audience. */
  private @Nullable String resourceServer() {
    String ticket = formParams.getFirst("ticket");
    if (ticket == null) {
      return formParams.getFirst("audience");
    }
    PermissionTicketToken decoded = session.tokens().decode(ticket, PermissionTicketToken.class);
    return decoded == null ? null : decoded.getIssuedFor();
  }

  private @Nullable ClientModel client(@Nullable String clientId) {
    return clientId == null ? null : realm.getClientByClientId(clientId);
  }
}
