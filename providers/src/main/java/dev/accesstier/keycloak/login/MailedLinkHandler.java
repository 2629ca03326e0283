// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.UriBuilder;
import java.util.Objects;
import java.util.Optional;
import org.keycloak.TokenVerifier.Predicate;
import org.keycloak.authentication.AuthenticationProcessor;
import org.keycloak.authentication.actiontoken.AbstractActionTokenHandler;
import org.keycloak.authentication.actiontoken.ActionTokenContext;
import org.keycloak.authentication.actiontoken.TokenUtils;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserModel.RequiredAction;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.utils.OIDCResponseType;
import org.keycloak.services.Urls;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.managers.AuthenticationSessionManager;
import org.keycloak.services.messages.Messages;
import org.keycloak.sessions.AuthenticationSessionCompoundId;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Asks for a confirmation, uses the row up and goes on: to the page for a new password, which signs
 * nobody in, or into a session. Required actions follow either way, the tier gate among them.
 */
public final class MailedLinkHandler extends AbstractActionTokenHandler<MailedLinkToken> {

  static final String SECOND_FACTOR_MESSAGE = "accessTierMagicLinkSecondFactor";
  static final String LOCKED_MESSAGE = "accessTierMagicLinkLocked";
  static final String UNVERIFIED_MESSAGE = "accessTierMagicLinkUnverified";
  static final String USED_UP = "accessTierLinkUsedUp";
  static final String UNAVAILABLE = "accessTierTemporarilyUnavailable";

  /** Note of a login that has used its row: a reloaded page uses none again. */
  private static final String USED = "better-auth-mailed-link-used";

  public MailedLinkHandler() {
    super(
        MailedLinkToken.TYPE,
        MailedLinkToken.class,
        Messages.EXPIRED_ACTION_TOKEN_NO_SESSION,
        EventType.EXECUTE_ACTION_TOKEN,
        Errors.NOT_ALLOWED);
  }

  @Override
  @SuppressWarnings("unchecked") // as all of Keycloak's own
  public Predicate<? super MailedLinkToken>[] getVerifiers(
      ActionTokenContext<MailedLinkToken> context) {
    return TokenUtils.predicates(verifyEmail(context));
  }

  @Override
  public AuthenticationSessionModel startFreshAuthenticationSession(
      MailedLinkToken token, ActionTokenContext<MailedLinkToken> context) {
    AuthenticationSessionModel login = super.startFreshAuthenticationSession(token, context);
    if (token.kind() == MailedLink.MAGIC_LINK) {
      login.removeAuthNote(AuthenticationManager.END_AFTER_REQUIRED_ACTIONS);
      // The app did not ask for a code and has no verifier for one. It finds the session.
      login.setClientNote(OIDCLoginProtocol.RESPONSE_TYPE_PARAM, OIDCResponseType.NONE);
    }
    String callback = token.callback();
    if (callback != null) {
      login.setAuthNote(AuthenticationManager.SET_REDIRECT_URI_AFTER_REQUIRED_ACTIONS, "true");
      login.setRedirectUri(callback);
      login.setClientNote(OIDCLoginProtocol.REDIRECT_URI_PARAM, callback);
    }
    return login;
  }

  @Override
  public Response handleToken(MailedLinkToken token, ActionTokenContext<MailedLinkToken> context) {
    return context.isAuthenticationSessionFresh() ? confirm(token, context) : go(token, context);
  }

  /** As Keycloak asks before it executes actions that an admin mailed. */
  private static Response confirm(
      MailedLinkToken token, ActionTokenContext<MailedLinkToken> context) {
    KeycloakSession session = context.getSession();
    AuthenticationSessionModel login = context.getAuthenticationSession();
    token.setCompoundAuthenticationSessionId(
        AuthenticationSessionCompoundId.fromAuthSession(login).getEncodedId());
    UriBuilder confirmed =
        Urls.actionTokenBuilder(
            context.getUriInfo().getBaseUri(),
            token.serialize(session, context.getRealm(), context.getUriInfo()),
            login.getClient().getClientId(),
            login.getTabId(),
            AuthenticationProcessor.getClientData(session, login));
    return LinkPage.confirm(
        session,
        login,
        Objects.requireNonNull(token.kind()),
        token.getEmail(),
        confirmed.build(context.getRealm().getName()).toString());
  }

  private static Response go(MailedLinkToken token, ActionTokenContext<MailedLinkToken> context) {
    AuthenticationSessionModel login = context.getAuthenticationSession();
    try {
      if (login.getAuthNote(USED) == null) {
        if (!use(token, context)) {
          return refuse(token, context, Status.BAD_REQUEST, USED_UP);
        }
        login.setAuthNote(USED, "true");
      }
    } catch (AuthDatabaseException e) {
      return refuse(token, context, Status.SERVICE_UNAVAILABLE, UNAVAILABLE);
    }
    if (token.kind() == MailedLink.MAGIC_LINK) {
      UserModel user = login.getAuthenticatedUser();
      if (!user.isEmailVerified()) {
        // Whoever has the link reads that mailbox.
        user.setEmailVerified(true);
      }
      context.getEvent().detail(Details.AUTH_METHOD, "magic-link");
      AuthenticationManager.setClientScopesInSession(context.getSession(), login);
    } else {
      login.addRequiredAction(RequiredAction.UPDATE_PASSWORD);
    }
    String next =
        AuthenticationManager.nextRequiredAction(
            context.getSession(), login, context.getRequest(), context.getEvent());
    return AuthenticationManager.redirectToRequiredActions(
        context.getSession(), context.getRealm(), login, context.getUriInfo(), next);
  }

  /** Whether the row was there, unused, and is now used by this login. */
  private static boolean use(MailedLinkToken token, ActionTokenContext<MailedLinkToken> context) {
    MailedLink kind = Objects.requireNonNull(token.kind());
    MailedLinkRows rows = new MailedLinkRows(context.getSession(), context.getRealm());
    Optional<MailedLinkRows.Usable> link =
        rows.byRow(kind, token.getUserId(), Objects.requireNonNull(token.row()));
    if (link.isEmpty()
        || !MailedLinksAllowed.in(context.getRealm()).has(kind)
        || link.get().isLockedOut(context.getSession(), context.getRealm())
        || link.get().skipsSecondFactor()
        || link.get().leavesUnprovenPassword()
        || !rows.use(link.get())) {
      return false;
    }
    if (link.get().isFirstProof()) {
      new UnprovenAccess(context.getSession(), context.getRealm())
          .end(link.get().component(), link.get().user(), context.getEvent());
    }
    return true;
  }

  private static Response refuse(
      MailedLinkToken token,
      ActionTokenContext<MailedLinkToken> context,
      Status status,
      String message) {
    context.getEvent().error(Errors.EXPIRED_CODE);
    new AuthenticationSessionManager(context.getSession())
        .removeAuthenticationSession(context.getRealm(), context.getAuthenticationSession(), true);
    return LinkPage.refusal(
        context.getSession(),
        context.getRealm(),
        Objects.requireNonNull(token.kind()),
        status,
        message);
  }
}
