// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response.Status;
import org.keycloak.OAuthErrorException;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.directgrant.ValidateOTP;

/**
 * Keycloak's step for a one-time code in the direct grant. Whoever has a mailed code as second
 * factor and brings none gets a mail and status 400, {@code invalid_grant}; the same request with
 * the parameter {@code totp} then gives tokens.
 */
public final class MailedFactorGrant extends ValidateOTP {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public void authenticate(AuthenticationFlowContext context) {
    if (bringsCode(context)) {
      super.authenticate(context);
      return;
    }
    SecondFactors.mailing(context)
        .ifPresentOrElse(
            // No failed attempt: the password was right.
            mailing ->
                context.forceChallenge(
                    errorResponse(
                        Status.BAD_REQUEST.getStatusCode(),
                        OAuthErrorException.INVALID_GRANT,
                        mailing.description())),
            () -> super.authenticate(context));
  }

  /** By one of the names that Keycloak takes. */
  private static boolean bringsCode(AuthenticationFlowContext context) {
    MultivaluedMap<String, String> form = context.getHttpRequest().getDecodedFormParameters();
    return form.containsKey("totp") || form.containsKey("otp");
  }
}
