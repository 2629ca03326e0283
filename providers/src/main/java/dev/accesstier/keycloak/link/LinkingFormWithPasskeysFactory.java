// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.authenticators.broker.IdpUsernamePasswordForm;
import org.keycloak.authentication.authenticators.broker.IdpUsernamePasswordFormFactory;
import org.keycloak.models.KeycloakSession;

/**
 * Keycloak's form for who links an account of another provider, which takes passkeys, with {@link
 * PasskeyOwner}.
 */
public final class LinkingFormWithPasskeysFactory extends IdpUsernamePasswordFormFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    return new IdpUsernamePasswordForm(session) {
      @Override
      public void action(AuthenticationFlowContext context) {
        PasskeyOwner.name(context);
        super.action(context);
      }
    };
  }
}
