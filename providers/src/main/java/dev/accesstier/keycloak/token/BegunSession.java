// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.token;

import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionModel.SessionPersistenceState;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.services.Urls;
import org.keycloak.services.managers.AuthenticationSessionManager;
import org.keycloak.services.managers.UserSessionManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Begins a session of a grant that nobody signs in for. */
public final class BegunSession {

  private BegunSession() {}

  /**
   * With the scopes that the client may have of those that are asked for.
   *
   * @param scope null: the client's default scopes
   * @param method how the person signed in, as Keycloak's console shows it
   * @param kept whether the session outlasts the request
   */
  public static ClientSessionContext of(
      KeycloakSession session,
      UserModel user,
      @Nullable String scope,
      String method,
      SessionPersistenceState kept) {
    RealmModel realm = session.getContext().getRealm();
    ClientModel client = session.getContext().getClient();
    AuthenticationSessionModel login =
        new AuthenticationSessionManager(session)
            .createAuthenticationSession(realm, false)
            .createAuthenticationSession(client);
    login.setAuthenticatedUser(user);
    login.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
    login.setClientNote(
        OIDCLoginProtocol.ISSUER,
        Urls.realmIssuer(session.getContext().getUri().getBaseUri(), realm.getName()));
    if (scope != null) {
      login.setClientNote(OIDCLoginProtocol.SCOPE_PARAM, scope);
    }
    UserSessionModel userSession =
        new UserSessionManager(session)
            .createUserSession(
                login.getParentSession().getId(),
                realm,
                user,
                user.getUsername(),
                session.getContext().getConnection().getRemoteHost(),
                method,
                false,
                null,
                null,
                kept);
    return TokenManager.attachAuthenticationSession(session, userSession, login);
  }
}
