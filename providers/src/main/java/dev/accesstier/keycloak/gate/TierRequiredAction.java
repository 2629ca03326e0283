// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.tier.ClientTierSettings;
import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.TierRefusal;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.authentication.InitiatedActionSupport;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.events.Details;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.grants.device.DeviceGrantType;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.messages.Messages;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.util.TokenUtil;

/**
 * Asked at the end of every login in a browser, whatever led there: password, SSO, identity
 * provider, registration, mailed link; OIDC and SAML alike.
 */
final class TierRequiredAction implements RequiredActionProvider {

  private final KeycloakSession session;

  TierRequiredAction(KeycloakSession session) {
    this.session = session;
  }

  /**
   * An action that cannot be asked for would be skipped, the gate with it, when a request names it
   * as its {@code kc_action}.
   */
  @Override
  public InitiatedActionSupport initiatedActionSupport() {
    return InitiatedActionSupport.SUPPORTED;
  }

  /**
   * Demands the page; withdraws the demand once the user was promoted. Stands back in the password
   * grant, where Keycloak would answer that the account is not set up: the {@link TokenGate} comes
   * next and knows the reason.
   */
  @Override
  public void evaluateTriggers(RequiredActionContext context) {
    if (isPasswordGrant(context)) {
      return;
    }
    AuthenticationSessionModel login = context.getAuthenticationSession();
    String alias = alias(context.getRealm());
    if (isDeleted(context)) {
      login.addRequiredAction(alias);
      return;
    }
    try {
      Optional<TierRefusal> refusal = refusal(context);
      if (refusal.isEmpty()) {
        login.removeRequiredAction(alias);
        return;
      }
      if (isPassive(login)) {
        Refusals.report(session, RefusalPoint.BROWSER, refusal.get(), null);
      }
    } catch (TemporarilyUnavailableException e) {
      // Not known is not admitted: the challenge asks again, and says so if it still fails.
    }
    login.addRequiredAction(alias);
  }

  /** What Keycloak knows the action by within a login. */
  static String alias(RealmModel realm) {
    return GateHooks.requiredAction(realm).orElse(TierRequiredActionFactory.ID);
  }

  @Override
  public void requiredActionChallenge(RequiredActionContext context) {
    if (isDeleted(context)) {
      showDisabledPage(context);
      return;
    }
    try {
      refusal(context).ifPresentOrElse(refusal -> deny(context, refusal), context::success);
    } catch (TemporarilyUnavailableException e) {
      context.challenge(
          context
              .form()
              .setError(TemporarilyUnavailableException.MESSAGE_KEY)
              .createErrorPage(Status.SERVICE_UNAVAILABLE));
    }
  }

  /** The button of the page that tells the app; anything else asks again. */
  @Override
  public void processAction(RequiredActionContext context) {
    if (context.getHttpRequest().getDecodedFormParameters().containsKey(DeniedPage.BACK)
        && RefusedLogin.canBeTold(context)
        && isRefused(context)) {
      context.challenge(RefusedLogin.answer(context));
    } else {
      requiredActionChallenge(context);
    }
  }

  private boolean isRefused(RequiredActionContext context) {
    try {
      return refusal(context).isPresent();
    } catch (TemporarilyUnavailableException e) {
      return false;
    }
  }

  @Override
  public void close() {
    // holds nothing
  }

  private boolean isDeleted(RequiredActionContext context) {
    return DeletedUsers.include(session, context.getRealm(), context.getUser());
  }

  /** As Keycloak answers for a user whom it knows to be disabled. */
  private void showDisabledPage(RequiredActionContext context) {
    Refusals.reportDeleted(
        session,
        RefusalPoint.BROWSER,
        context.getAuthenticationSession().getClient(),
        context.getUser(),
        null);
    context.challenge(
        context.form().setError(Messages.ACCOUNT_DISABLED).createErrorPage(Status.BAD_REQUEST));
  }

  private void deny(RequiredActionContext context, TierRefusal refusal) {
    Refusals.report(session, RefusalPoint.BROWSER, refusal, null);
    denyWaitingDevice(context);
    boolean tellsApp =
        new ClientTierSettings(refusal.client()).tellsAppOfRefusal()
            && RefusedLogin.canBeTold(context);
    Response page = tellsApp ? null : DeniedPage.of(context, refusal);
    if (Pending.nothingBut(context)) {
      if (Pending.endsWithoutSignIn(context)) {
        spendMailedLink(context);
      } else {
        KeptSignIn.keep(context);
      }
    }
    context.challenge(page == null ? RefusedLogin.answer(context) : page);
  }

  /**
   * Lets Keycloak finish a mailed link whose work is done, as it would have without the gate: the
   * link works once. Its own last page says where to go on, and is not shown.
   */
  private void spendMailedLink(RequiredActionContext context) {
    AuthenticationManager.finishedRequiredActions(
        session,
        context.getAuthenticationSession(),
        null,
        context.getConnection(),
        context.getHttpRequest(),
        context.getUriInfo(),
        context.getEvent());
  }

  /** The device that shows the user code polls; without this it would until the code expires. */
  private void denyWaitingDevice(RequiredActionContext context) {
    String userCode =
        context
            .getAuthenticationSession()
            .getClientNote(DeviceGrantType.OAUTH2_DEVICE_VERIFIED_USER_CODE);
    if (userCode != null) {
      DeviceGrantType.denyUserCode(session, context.getRealm(), userCode);
    }
  }

  private Optional<TierRefusal> refusal(RequiredActionContext context) {
    return new TierGate(session)
        .refusal(
            context.getRealm(), context.getAuthenticationSession().getClient(), context.getUser());
  }

  /** The token endpoint notes the grant in its event before it begins; a browser cannot. */
  private static boolean isPasswordGrant(RequiredActionContext context) {
    var details = context.getEvent().getEvent().getDetails();
    return details != null && OAuth2Constants.PASSWORD.equals(details.get(Details.GRANT_TYPE));
  }

  /** With {@code prompt=none} no page follows, so the refusal has to be reported here. */
  private static boolean isPassive(AuthenticationSessionModel login) {
    return TokenUtil.hasPrompt(
        login.getClientNote(OIDCLoginProtocol.PROMPT_PARAM), OIDCLoginProtocol.PROMPT_VALUE_NONE);
  }
}
