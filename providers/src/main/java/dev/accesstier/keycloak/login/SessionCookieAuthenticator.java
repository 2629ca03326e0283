// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.authentication.authenticators.util.AcrStore;
import org.keycloak.events.Details;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.organization.protocol.mappers.oidc.OrganizationScope;
import org.keycloak.organization.utils.Organizations;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Signs a user in who brings a live session of Better Auth, and leaves everyone else to the next
 * execution. It counts for what Keycloak's own cookie counts for: an authentication of earlier
 * ({@code acr} 0, {@code auth_time} when the session began), never a fresh one. Required actions
 * follow, the tier gate and email verification among them.
 */
final class SessionCookieAuthenticator implements Authenticator {

  /** Note of a user session: the id of the Better Auth session that began it. */
  static final String SESSION_NOTE = "better-auth-session";

  private final KeycloakSession session;

  SessionCookieAuthenticator(KeycloakSession session) {
    this.session = session;
  }

  @Override
  public void authenticate(AuthenticationFlowContext context) {
    AuthenticationSessionModel login = context.getAuthenticationSession();
    BroughtSession brought = suffices(context) ? brought(context) : null;
    UserModel user = brought == null ? null : brought.user(session, context.getRealm());
    if (brought == null || user == null || !mayEnter(context.getRealm(), user)) {
      context.attempted();
      return;
    }
    Instant since = brought.session().createdAt();
    // As after Keycloak's own cookie: nobody proved anything in this request.
    login.setAuthNote(AuthenticationManager.SSO_AUTH, "true");
    login.setUserSessionNote(
        AuthenticationManager.AUTH_TIME, Long.toString(since.getEpochSecond()));
    login.setUserSessionNote(SESSION_NOTE, brought.session().id());
    context.getEvent().detail(Details.AUTH_METHOD, SessionCookieAuthenticatorFactory.ID);
    context.setUser(user);
    context.success();
  }

  /** Whether this login may do without a person who proves something now. */
  private boolean suffices(AuthenticationFlowContext context) {
    AuthenticationSessionModel login = context.getAuthenticationSession();
    // A user is known here when Keycloak's own cookie was valid and did not suffice.
    return context.getUser() == null
        && !AuthenticatorUtil.isForkedFlow(login)
        && login.getClientNote(Constants.KC_ACTION) == null
        && !session
            .getProvider(LoginProtocol.class, login.getProtocol())
            .requireReauthentication(null, login)
        && new AcrStore(session, login).getRequestedLevelOfAuthentication(context.getTopLevelFlow())
            <= Constants.MINIMUM_LOA
        && !(Organizations.isEnabledAndOrganizationsPresent(session)
            && OrganizationScope.valueOfScope(session) != null);
  }

  private @Nullable BroughtSession brought(AuthenticationFlowContext context) {
    String maxAge =
        context.getAuthenticationSession().getClientNote(OIDCLoginProtocol.MAX_AGE_PARAM);
    return BroughtSession.of(
            session,
            context.getRealm(),
            SessionCookieAuthenticatorFactory.cookieName(context.getAuthenticatorConfig()))
        .filter(
            brought -> !new EndedSessions(session).isOut(brought.component(), brought.session()))
        .filter(
            brought ->
                maxAge == null
                    || brought
                        .session()
                        .createdAt()
                        .plusSeconds(Long.parseLong(maxAge))
                        .isAfter(Instant.now()))
        .orElse(null);
  }

  /** As the password check has it: a realm that verifies emails asks for it after the login. */
  private static boolean mayEnter(RealmModel realm, UserModel user) {
    return user.isEnabled()
        && (user.isEmailVerified() || realm.isVerifyEmail())
        && !KeycloakSecondFactors.any(user);
  }

  @Override
  public void action(AuthenticationFlowContext context) {
    context.attempted();
  }

  @Override
  public boolean requiresUser() {
    return false;
  }

  @Override
  public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
    return true;
  }

  @Override
  public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
    // needs none
  }

  @Override
  public void close() {
    // holds nothing
  }
}
