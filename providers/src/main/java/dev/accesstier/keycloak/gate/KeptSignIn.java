// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.TierRefusal;
import org.keycloak.authentication.AuthenticationProcessor;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.authenticators.browser.AbstractUsernameFormAuthenticator;
import org.keycloak.common.ClientConnection;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionModel.SessionPersistenceState;
import org.keycloak.models.light.LightweightUserAdapter;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.managers.UserSessionManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Lets a denied user keep the sign-in just made, so that the next app does not ask for the password
 * again. Keycloak would make the user session only after the last required action, together with a
 * session of the client; here it is made without one, as Keycloak's own impersonation does it.
 */
final class KeptSignIn {

  private KeptSignIn() {}

  /**
   * Called when nothing else is left to be done, for a login that would have signed the user in.
   */
  static void keep(RequiredActionContext context) {
    if (!canBeKept(context)) {
      return;
    }
    KeycloakSession session = context.getSession();
    RealmModel realm = context.getRealm();
    UserModel user = context.getUser();
    ClientConnection connection = context.getConnection();
    AuthenticationSessionModel login = context.getAuthenticationSession();
    boolean remember = Boolean.parseBoolean(login.getAuthNote(Details.REMEMBER_ME));
    String attempted = login.getAuthNote(AbstractUsernameFormAuthenticator.ATTEMPTED_USERNAME);
    String username = attempted == null ? user.getUsername() : attempted;
    UserSessionModel kept =
        new UserSessionManager(session)
            .createUserSession(
                login.getParentSession().getId(),
                realm,
                user,
                username,
                connection.getRemoteHost(),
                login.getProtocol(),
                remember,
                login.getAuthNote(AuthenticationProcessor.BROKER_SESSION_ID),
                login.getAuthNote(AuthenticationProcessor.BROKER_USER_ID),
                SessionPersistenceState.PERSISTENT);
    login.getUserSessionNotes().forEach(kept::setNote);
    if (kept.getNote(AuthenticationManager.AUTH_TIME) == null) {
      // A sign-in that counts for an earlier one says when that was.
      kept.setNote(AuthenticationManager.AUTH_TIME, Long.toString(Time.currentTimeMillis() / 1000));
    }
    kept.setState(UserSessionModel.State.LOGGED_IN);
    AuthenticationManager.createLoginCookie(
        session, realm, user, kept, context.getUriInfo(), connection);
    if (remember) {
      AuthenticationManager.createRememberMeCookie(username, context.getUriInfo(), session);
    }
    AuthenticationManager.logSuccess(session, login);
    tell(context, kept, username);
  }

  /** A session that nothing tells of would be missing from an audit. */
  private static void tell(RequiredActionContext context, UserSessionModel kept, String username) {
    context
        .getEvent()
        .clone()
        .event(EventType.LOGIN)
        .client(context.getAuthenticationSession().getClient())
        .user(context.getUser())
        .session(kept)
        .detail(Details.USERNAME, username)
        .detail(Details.REASON, TierRefusal.REASON)
        .removeDetail(Details.CUSTOM_REQUIRED_ACTION)
        .success();
  }

  /** Whether the session may outlive the request, and none is there yet. */
  private static boolean canBeKept(RequiredActionContext context) {
    AuthenticationSessionModel login = context.getAuthenticationSession();
    return login.getClientNote(AuthenticationManager.USER_SESSION_PERSISTENT_STATE) == null
        && !LightweightUserAdapter.isLightweightUser(context.getUser())
        && !hasSession(context);
  }

  private static boolean hasSession(RequiredActionContext context) {
    KeycloakSession session = context.getSession();
    String id = context.getAuthenticationSession().getParentSession().getId();
    return session.sessions().getUserSession(context.getRealm(), id) != null
        || AuthenticationManager.authenticateIdentityCookie(session, context.getRealm(), true)
            != null;
  }
}
