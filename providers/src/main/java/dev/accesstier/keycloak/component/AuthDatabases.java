// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.database.AuthDatabaseSettings;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.schema.AuthEntities;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;

/**
 * The open databases of this node, one for all components with the same settings. They are lent to
 * sessions, so that none is closed under a request, whatever becomes of its component meanwhile.
 */
public final class AuthDatabases implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(AuthDatabases.class);

  private final Map<AuthDatabaseSettings, AuthDatabase> open = new ConcurrentHashMap<>();

  /** What one session has borrowed. */
  private static final class Borrowed {
    final Map<AuthDatabaseSettings, AuthDatabase> databases = new HashMap<>();
  }

  /**
   * Opens it where it is not open yet, and lends it until the session is closed.
   *
   * @throws AuthDatabaseException when the server carries no PostgreSQL driver
   */
  public AuthDatabase lend(KeycloakSession session, AuthDatabaseSettings settings) {
    String key = Borrowed.class.getName();
    Borrowed borrowed = session.getAttribute(key, Borrowed.class);
    if (borrowed == null) {
      borrowed = new Borrowed();
      session.setAttribute(key, borrowed);
    }
    return borrowed.databases.computeIfAbsent(
        settings,
        wanted -> {
          AuthDatabase database = open.compute(wanted, AuthDatabases::borrowed);
          session.enlistForClose(database::giveBack);
          return database;
        });
  }

  private static AuthDatabase borrowed(
      AuthDatabaseSettings settings, @Nullable AuthDatabase known) {
    AuthDatabase database = known == null ? opened(settings) : known;
    database.borrow();
    return database;
  }

  /** Opens and closes until these alone are open; each closes when nobody uses it any more. */
  void keep(Set<AuthDatabaseSettings> wanted) {
    wanted.stream().filter(settings -> !open.containsKey(settings)).forEach(this::open);
    Set.copyOf(open.keySet()).stream()
        .filter(settings -> !wanted.contains(settings))
        .forEach(this::close);
  }

  /** Connects as well, so that no login waits for it. */
  private void open(AuthDatabaseSettings settings) {
    try {
      open.computeIfAbsent(settings, AuthDatabases::opened).connect();
    } catch (AuthDatabaseException e) {
      LOG.debugf("Not connected yet: %s", e.getMessage());
    }
  }

  private void close(AuthDatabaseSettings settings) {
    AuthDatabase database = open.remove(settings);
    if (database != null) {
      database.close();
    }
  }

  @Override
  public void close() {
    Set.copyOf(open.keySet()).forEach(this::close);
  }

  private static AuthDatabase opened(AuthDatabaseSettings settings) {
    return new AuthDatabase(settings, AuthEntities::open);
  }
}
