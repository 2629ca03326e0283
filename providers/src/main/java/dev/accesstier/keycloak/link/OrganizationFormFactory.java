// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.organization.authentication.authenticators.browser.OrganizationAuthenticator;
import org.keycloak.organization.authentication.authenticators.browser.OrganizationAuthenticatorFactory;

/**
 * Keycloak's form for members of organizations, which takes passkeys, with {@link PasskeyOwner}.
 */
public final class OrganizationFormFactory extends OrganizationAuthenticatorFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    return new OrganizationAuthenticator(session) {
      @Override
      public void action(AuthenticationFlowContext context) {
        PasskeyOwner.name(context);
        super.action(context);
      }
    };
  }
}
