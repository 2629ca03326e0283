// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import org.jspecify.annotations.Nullable;
import org.keycloak.common.ClientConnection;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.representations.AccessToken;

/**
 * Who changes a tier, by ids.
 *
 * @param realmId of the realm the admin belongs to, which may be master; null where nobody signed
 *     in asks, as at an import
 * @param userId Keycloak's id of the admin; null likewise
 * @param clientId the client the admin uses, as it is called; null likewise
 * @param ip where the request came from; null where there is no request
 */
public record ChangeAuthor(
    @Nullable String realmId,
    @Nullable String userId,
    @Nullable String clientId,
    @Nullable String ip) {

  /** Whoever's bearer token came with the request. */
  public static ChangeAuthor of(KeycloakSession session) {
    String ip = ip(session);
    if (session.getContext().getBearerToken() instanceof AccessToken token
        && token.getIssuer() != null) {
      String issuer = token.getIssuer();
      RealmModel realm =
          session.realms().getRealmByName(issuer.substring(issuer.lastIndexOf('/') + 1));
      if (realm != null) {
        return new ChangeAuthor(
            realm.getId(), userId(session, realm, token), token.getIssuedFor(), ip);
      }
    }
    return new ChangeAuthor(null, null, null, ip);
  }

  /** Where the request of this session came from; null where there is none. */
  public static @Nullable String ip(KeycloakSession session) {
    ClientConnection connection = session.getContext().getConnection();
    return connection == null ? null : connection.getRemoteHost();
  }

  /** By the session: a lightweight token has no subject, and a mapper of ours may set another. */
  private static @Nullable String userId(
      KeycloakSession session, RealmModel realm, AccessToken token) {
    UserSessionModel within =
        token.getSessionId() == null
            ? null
            : session.sessions().getUserSession(realm, token.getSessionId());
    return within == null ? token.getSubject() : within.getUser().getId();
  }
}
