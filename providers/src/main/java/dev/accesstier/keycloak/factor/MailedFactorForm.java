// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

import jakarta.ws.rs.core.Response.Status;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.browser.OTPFormAuthenticator;

/** Keycloak's form for a one-time code, which first mails one to whom it is the second factor. */
final class MailedFactorForm extends OTPFormAuthenticator {

  @Override
  public void authenticate(AuthenticationFlowContext context) {
    SecondFactors.mailing(context)
        .ifPresentOrElse(mailing -> ask(context, mailing), () -> super.authenticate(context));
  }

  private void ask(AuthenticationFlowContext context, Mailing mailing) {
    switch (mailing) {
      case UNDER_WAY ->
          context.challenge(createLoginForm(context.form().setInfo(mailing.messageKey())));
      case TOO_MANY -> refuse(context, mailing, Status.TOO_MANY_REQUESTS);
      case NOT_POSSIBLE -> refuse(context, mailing, Status.SERVICE_UNAVAILABLE);
    }
  }

  /** No failed attempt: the password was right. */
  private static void refuse(AuthenticationFlowContext context, Mailing mailing, Status status) {
    context.forceChallenge(context.form().setError(mailing.messageKey()).createErrorPage(status));
  }
}
