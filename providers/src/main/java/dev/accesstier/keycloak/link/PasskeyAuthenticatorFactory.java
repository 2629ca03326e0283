// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.authenticators.browser.WebAuthnPasswordlessAuthenticator;
import org.keycloak.authentication.authenticators.browser.WebAuthnPasswordlessAuthenticatorFactory;
import org.keycloak.models.KeycloakSession;

/** Keycloak's step of a flow that asks for a passkey, with {@link PasskeyOwner}. */
public final class PasskeyAuthenticatorFactory extends WebAuthnPasswordlessAuthenticatorFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    return new WebAuthnPasswordlessAuthenticator(session) {
      @Override
      public void action(AuthenticationFlowContext context) {
        PasskeyOwner.name(context);
        super.action(context);
      }
    };
  }
}
