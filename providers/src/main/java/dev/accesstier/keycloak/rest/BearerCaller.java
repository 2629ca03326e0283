// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.gate.BearerChallenge;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Optional;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.AccountRoles;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.cors.Cors;
import org.keycloak.services.managers.AppAuthManager;

/** Whoever's bearer token of the realm came with a request. */
public record BearerCaller(
    KeycloakSession session,
    RealmModel realm,
    UserModel user,
    ClientModel client,
    AccessToken token) {

  /** Empty where there is no token, or none that is of use. */
  public static Optional<BearerCaller> of(KeycloakSession session) {
    RealmModel realm = session.getContext().getRealm();
    requireTls(session, realm);
    var result = new AppAuthManager.BearerTokenAuthenticator(session).authenticate();
    if (result == null || !realm.isEnabled()) {
      return Optional.empty();
    }
    session.getContext().setBearerToken(result.token());
    return Optional.of(
        new BearerCaller(session, realm, result.user(), result.client(), result.token()));
  }

  /** The caller, who must be signed in; the answer may be read by pages of their client. */
  public static BearerCaller require(KeycloakSession session, String... methods) {
    BearerCaller caller = of(session).orElseThrow(() -> unauthorized(session));
    caller.allowOrigin(methods);
    return caller;
  }

  /** Whose token it was is not known, so neither is which pages may read the answer: any may. */
  private static ErrorResponseException unauthorized(KeycloakSession session) {
    boolean brought =
        session.getContext().getRequestHeaders().getHeaderString(HttpHeaders.AUTHORIZATION) != null;
    return BearerChallenge.of(
        session,
        Status.UNAUTHORIZED,
        brought ? OAuthErrorException.INVALID_TOKEN : null,
        brought ? "The token is not valid here" : null,
        Cors.builder().allowAllOrigins().auth());
  }

  /**
   * Whether the token reaches the person's own data, as Keycloak's account API asks: it is for the
   * client {@code account} and has the role there. To manage the account is to see it, too.
   */
  public boolean reachesAccount(String role) {
    AccessToken.Access access = token.getResourceAccess(Constants.ACCOUNT_MANAGEMENT_CLIENT_ID);
    return token.hasAudience(Constants.ACCOUNT_MANAGEMENT_CLIENT_ID)
        && access != null
        && (access.isUserInRole(role)
            || (role.equals(AccountRoles.VIEW_PROFILE)
                && access.isUserInRole(AccountRoles.MANAGE_ACCOUNT)));
  }

  /** Status 403 for a token that is good for something else. */
  public ErrorResponseException insufficientScope(String sentence, String... methods) {
    return BearerChallenge.of(
        session,
        Status.FORBIDDEN,
        OAuthErrorException.INSUFFICIENT_SCOPE,
        sentence,
        Cors.builder().checkAllowedOrigins(session, client).allowedMethods(methods).auth());
  }

  public void allowOrigin(String... methods) {
    Cors.builder().checkAllowedOrigins(session, client).allowedMethods(methods).auth().add();
  }

  /** Asked without a token; who the token is of is looked at when the request itself comes. */
  public static Response preflight() {
    return Cors.builder()
        .preflight()
        .allowedMethods("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        .auth()
        .add(Response.ok());
  }

  private static void requireTls(KeycloakSession session, RealmModel realm) {
    if (!"https".equals(session.getContext().getUri().getBaseUri().getScheme())
        && realm.getSslRequired().isRequired(session.getContext().getConnection())) {
      throw new ForbiddenException("HTTPS required");
    }
  }
}
