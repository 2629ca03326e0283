// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.authenticators.browser.UsernamePasswordForm;
import org.keycloak.authentication.authenticators.browser.UsernamePasswordFormFactory;
import org.keycloak.models.KeycloakSession;

/** Keycloak's login form, which takes passkeys as well, with {@link PasskeyOwner}. */
public final class UsernamePasswordFormWithPasskeysFactory extends UsernamePasswordFormFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    return new UsernamePasswordForm(session) {
      @Override
      public void action(AuthenticationFlowContext context) {
        PasskeyOwner.name(context);
        super.action(context);
      }
    };
  }
}
