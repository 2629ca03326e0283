// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.authenticators.browser.OTPFormAuthenticatorFactory;
import org.keycloak.models.KeycloakSession;

/** Makes the {@link MailedFactorForm}, in every flow that has Keycloak's own. */
public final class MailedFactorFormFactory extends OTPFormAuthenticatorFactory {

  private static final Authenticator AUTHENTICATOR = new MailedFactorForm();

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    return AUTHENTICATOR;
  }
}
