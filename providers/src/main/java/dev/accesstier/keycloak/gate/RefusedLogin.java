// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import jakarta.ws.rs.core.Response;
import org.keycloak.OAuth2Constants;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.grants.device.DeviceGrantType;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Tells an app of a refused login as its protocol says: {@code error=access_denied} at the redirect
 * URI with state and issuer, in the response mode of the request, or a SAML response with status
 * {@code RequestDenied}.
 */
final class RefusedLogin {

  /** Says no more than the page does. */
  private static final String DESCRIPTION = "The user's access tier does not reach this client";

  private RefusedLogin() {}

  /** Whether an app waits for the end of this login. */
  static boolean canBeTold(RequiredActionContext context) {
    AuthenticationSessionModel login = context.getAuthenticationSession();
    return login.getRedirectUri() != null
        && login.getClientNote(DeviceGrantType.OAUTH2_DEVICE_VERIFIED_USER_CODE) == null
        && !Pending.endsWithoutSignIn(context)
        && (!OIDCLoginProtocol.LOGIN_PROTOCOL.equals(login.getProtocol())
            || login.getClientNote(OAuth2Constants.RESPONSE_TYPE) != null);
  }

  /** The answer; the login is over with it. */
  static Response answer(RequiredActionContext context) {
    KeycloakSession session = context.getSession();
    AuthenticationSessionModel login = context.getAuthenticationSession();
    return session
        .getProvider(LoginProtocol.class, login.getProtocol())
        .setRealm(context.getRealm())
        .setHttpHeaders(context.getHttpRequest().getHttpHeaders())
        .setUriInfo(context.getUriInfo())
        .setEventBuilder(context.getEvent())
        .sendError(login, LoginProtocol.Error.CONSENT_DENIED, DESCRIPTION);
  }
}
