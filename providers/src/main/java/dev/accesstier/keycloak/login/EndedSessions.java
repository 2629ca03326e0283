// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.schema.AuthSession;
import dev.accesstier.keycloak.schema.AuthSessions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.SingleUseObjectProvider;

/**
 * Ends sessions of Better Auth. Where the schema may not or cannot be written, Keycloak remembers
 * that they no longer sign anyone in here; Better Auth itself goes on accepting them.
 */
final class EndedSessions {

  private static final Logger LOG = Logger.getLogger(EndedSessions.class);

  /**
   * How long Keycloak remembers. Better Auth's sessions end after 7 days without use; one that is
   * used there all the time may sign in here again after this.
   */
  private static final Duration MEMORY = Duration.ofDays(30);

  private static final String UNTIL = "until";
  private static final String EVERYONE = "";

  private final KeycloakSession session;

  EndedSessions(KeycloakSession session) {
    this.session = session;
  }

  /** One session of a user. */
  void one(AuthComponent component, String userId, String sessionId) {
    end(
        component,
        sessions -> sessions.revoke(userId, sessionId),
        key(component, "session", sessionId));
  }

  /** All sessions of a user. */
  void all(AuthComponent component, String userId) {
    end(component, sessions -> sessions.revokeAll(userId), key(component, "user", userId));
  }

  /** All sessions of all users. */
  void everyone(AuthComponent component) {
    end(component, AuthSessions::revokeEveryones, key(component, "user", EVERYONE));
  }

  /** Whether Keycloak remembers that this session was ended. */
  boolean isOut(AuthComponent component, AuthSession brought) {
    return Stream.of(
            key(component, "session", brought.id()),
            key(component, "user", brought.userId()),
            key(component, "user", EVERYONE))
        .map(memory()::get)
        .anyMatch(
            notes ->
                notes != null && !brought.createdAt().isAfter(Instant.parse(notes.get(UNTIL))));
  }

  private void end(AuthComponent component, ToIntFunction<AuthSessions> end, String key) {
    if (!component.writable() || !written(component, end)) {
      remember(key);
    }
  }

  private void remember(String key) {
    memory().put(key, MEMORY.toSeconds(), Map.of(UNTIL, Instant.now().toString()));
  }

  private SingleUseObjectProvider memory() {
    return session.singleUseObjects();
  }

  private static String key(AuthComponent component, String kind, String id) {
    return String.join(".", "access-tier-signed-out", component.id(), kind, id);
  }

  /** The request has done its work; a database that is down does not undo it. */
  private static boolean written(AuthComponent component, ToIntFunction<AuthSessions> end) {
    try {
      int ended = end.applyAsInt(new AuthSessions(component.database()));
      LOG.debugf("%s: %s sessions of Better Auth ended", component, Integer.toString(ended));
      return true;
    } catch (AuthDatabaseException e) {
      LOG.errorf(
          "%s: sessions of Better Auth could not be ended; they stay valid there, and sign nobody"
              + " in here",
          component);
      return false;
    }
  }
}
