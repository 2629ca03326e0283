// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.browser.CookieAuthenticator;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;

/** Keycloak's SSO cookie, which is worth nothing once its user was deleted by another service. */
final class SsoCookie extends CookieAuthenticator {

  @Override
  public void authenticate(AuthenticationFlowContext context) {
    AuthResult found =
        AuthenticationManager.authenticateIdentityCookie(
            context.getSession(), context.getRealm(), true);
    if (found != null) {
      // Keycloak's cache forgets one of them, and Keycloak itself then sees a disabled user.
      boolean unused = DeletedUsers.include(context.getSession(), context.getRealm(), found.user());
    }
    super.authenticate(context);
  }
}
