// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import dev.accesstier.keycloak.rest.RealmPath;
import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.UserTiers;
import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.SecretGenerator;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.services.managers.AuthenticationManager;

/**
 * What the portal knows a browser by: two cookies below its path, signed with the realm's own key
 * and out of reach of scripts. One is of a login that is under way; the other has the id of the
 * session and nothing else, so what it opens ends with that session.
 */
final class PortalSession {

  private static final String SESSION_COOKIE = "ACCESS_TIER_PORTAL";
  private static final String LOGIN_COOKIE = "ACCESS_TIER_PORTAL_LOGIN";
  private static final String SESSION_TYPE = "access-tier-portal";
  private static final String LOGIN_TYPE = "access-tier-portal-login";
  private static final String SIGN_OUT_TYPE = "access-tier-portal-sign-out";
  private static final String VERIFIER = "verifier";
  private static final Duration LOGIN_TIME = Duration.ofMinutes(30);

  private final KeycloakSession session;
  private final RealmModel realm;

  PortalSession(KeycloakSession session) {
    this.session = session;
    this.realm = session.getContext().getRealm();
  }

  /** A login that is under way. */
  record Login(String state, String verifier) {

    static Login random() {
      SecretGenerator random = SecretGenerator.getInstance();
      return new Login(random.randomString(32), random.randomString(64));
    }
  }

  /** The login that this browser began, unless that is too long ago. */
  Optional<Login> login() {
    return read(LOGIN_COOKIE, LOGIN_TYPE)
        .filter(JsonWebToken::isActive)
        .map(
            token ->
                new Login(
                    String.valueOf(token.getId()),
                    String.valueOf(token.getOtherClaims().get(VERIFIER))));
  }

  NewCookie begin(Login login) {
    JsonWebToken token = token(LOGIN_TYPE, login.state());
    token.exp(Time.currentTime() + LOGIN_TIME.toSeconds());
    token.setOtherClaims(VERIFIER, login.verifier());
    return cookie(LOGIN_COOKIE, session.tokens().encode(token), (int) LOGIN_TIME.toSeconds());
  }

  NewCookie end() {
    return cookie(LOGIN_COOKIE, "", 0);
  }

  NewCookie enter(String sessionId) {
    return cookie(
        SESSION_COOKIE,
        session.tokens().encode(token(SESSION_TYPE, sessionId)),
        NewCookie.DEFAULT_MAX_AGE);
  }

  NewCookie leave() {
    return cookie(SESSION_COOKIE, "", 0);
  }

  /** The session of the browser, as long as its user may use the portal. */
  Optional<UserSessionModel> current(ClientModel portal) {
    return read(SESSION_COOKIE, SESSION_TYPE)
        .map(token -> session.sessions().getUserSession(realm, token.getId()))
        .filter(found -> AuthenticationManager.isSessionValid(realm, found))
        .filter(found -> found.getAuthenticatedClientSessionByClient(portal.getId()) != null)
        .filter(found -> found.getUser() != null && found.getUser().isEnabled())
        .filter(found -> !new UserTiers(session).isDeleted(realm, found.getUser()))
        .filter(found -> new TierGate(session).refusal(realm, portal, found.getUser()).isEmpty());
  }

  /** What the form to sign out sends back, which no other page knows. */
  String signOutToken(UserSessionModel current) {
    return session.tokens().encode(token(SIGN_OUT_TYPE, current.getId()));
  }

  boolean isSignOutToken(@Nullable String text, UserSessionModel current) {
    return decoded(text, SIGN_OUT_TYPE)
        .filter(token -> current.getId().equals(token.getId()))
        .isPresent();
  }

  private JsonWebToken token(String type, String id) {
    return new JsonWebToken().type(type).id(id).issuer(realm.getId());
  }

  private Optional<JsonWebToken> read(String name, String type) {
    Cookie cookie = session.getContext().getRequestHeaders().getCookies().get(name);
    return cookie == null ? Optional.empty() : decoded(cookie.getValue(), type);
  }

  /** Keycloak signs other tokens with the same key; the type keeps them apart. */
  private Optional<JsonWebToken> decoded(@Nullable String text, String type) {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    return Optional.ofNullable(session.tokens().decode(text, JsonWebToken.class))
        .filter(token -> type.equals(token.getType()) && realm.getId().equals(token.getIssuer()))
        .filter(token -> token.getId() != null);
  }

  private NewCookie cookie(String name, String value, int maxAge) {
    return new NewCookie.Builder(name)
        .value(value)
        .path(RealmPath.of(session) + "portal")
        .maxAge(maxAge)
        .httpOnly(true)
        .secure("https".equals(session.getContext().getUri().getBaseUri().getScheme()))
        .sameSite(NewCookie.SameSite.LAX)
        .build();
  }
}
