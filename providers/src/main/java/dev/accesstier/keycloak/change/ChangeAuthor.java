// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import org.jspecify.annotations.Nullable;
import org.keycloak.common.ClientConnection;
import org.keycloak.models.KeycloakSession;
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

  /** The user of the bearer token that Keycloak has verified for this request. */
  public static ChangeAuthor of(KeycloakSession session) {
    UserSessionModel signedIn = session.getContext().getUserSession();
    return signedIn != null && session.getContext().getBearerToken() instanceof AccessToken token
        ? new ChangeAuthor(
            signedIn.getRealm().getId(),
            signedIn.getUser().getId(),
            token.getIssuedFor(),
            ip(session))
        : new ChangeAuthor(null, null, null, ip(session));
  }

  /** Where the request of this session came from; null where there is none. */
  public static @Nullable String ip(KeycloakSession session) {
    ClientConnection connection = session.getContext().getConnection();
    return connection == null ? null : connection.getRemoteHost();
  }
}
