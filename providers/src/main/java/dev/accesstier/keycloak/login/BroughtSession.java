// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.SignedCookie;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.schema.AuthSession;
import dev.accesstier.keycloak.schema.AuthSessions;
import jakarta.ws.rs.core.Cookie;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;

/** A live session of Better Auth that the browser brings with its request. */
record BroughtSession(AuthComponent component, AuthSession session) {

  private static final Logger LOG = Logger.getLogger(BroughtSession.class);

  /** Better Auth puts it before the name where its own address begins with https. */
  private static final String SECURE_PREFIX = "__Secure-";

  /**
   * The session behind the request's cookie, if its signature is right and the row is live. A
   * database that cannot be read counts as none, and is logged.
   *
   * @param cookieName without the prefix that https asks for
   */
  static Optional<BroughtSession> of(
      KeycloakSession keycloak, RealmModel realm, String cookieName) {
    Optional<String> cookie =
        CurrentRequest.of(keycloak)
            .map(
                request -> request.getHttpHeaders().getCookies().get(sentName(request, cookieName)))
            .map(Cookie::getValue);
    if (cookie.isEmpty()) {
      return Optional.empty();
    }
    try {
      return AuthComponents.enabledIn(keycloak, realm)
          .flatMap(component -> of(component, cookie.get()))
          .findFirst();
    } catch (AuthDatabaseException e) {
      LOG.warn("A Better Auth session cannot be looked up, so its owner is asked to sign in");
      return Optional.empty();
    }
  }

  private static String sentName(HttpRequest request, String cookieName) {
    boolean secure = "https".equals(request.getUri().getRequestUri().getScheme());
    return secure ? SECURE_PREFIX + cookieName : cookieName;
  }

  private static Stream<BroughtSession> of(AuthComponent component, String cookie) {
    return Optional.ofNullable(component.betterAuthSecret())
        .map(secrets -> BetterAuthSecrets.parse(secrets).signing())
        .flatMap(secret -> SignedCookie.value(cookie, secret))
        .flatMap(token -> new AuthSessions(component.database()).live(token))
        .map(session -> new BroughtSession(component, session))
        .stream();
  }

  /** Its user as Keycloak knows them; null when the row is of nobody. */
  @Nullable UserModel user(KeycloakSession keycloak, RealmModel realm) {
    return keycloak
        .users()
        .getUserById(realm, new StorageId(component.id(), session.userId()).getId());
  }
}
