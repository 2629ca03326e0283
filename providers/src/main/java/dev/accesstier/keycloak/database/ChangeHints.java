// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import dev.accesstier.keycloak.outage.AuthDatabaseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/**
 * A connection of its own that listens to {@value #CHANNEL}, where the trigger of {@code
 * hint-trigger.sql} says that something was written. It says neither what nor where, and behind a
 * pooler of transactions nothing comes: whoever listens looks from time to time anyway.
 */
public final class ChangeHints implements AutoCloseable {

  private static final String CHANNEL = "access_tier_hint";
  private static final int VALID_SECONDS = 1;

  private final Connection connection;
  private final PGConnection listening;

  private ChangeHints(Connection connection) throws SQLException {
    this.connection = connection;
    this.listening = connection.unwrap(PGConnection.class);
  }

  /**
   * Connects and listens.
   *
   * @throws AuthDatabaseException when there is no connection to be had; nothing was logged
   */
  public static ChangeHints open(AuthDatabaseSettings settings) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "keycloak-access-tier-hints");
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("loginTimeout", "3");
    properties.setProperty("tcpKeepAlive", "true");
    set(properties, "user", settings.username());
    set(properties, "password", settings.password());
    try {
      return listening(new Driver().connect(settings.jdbcUrl(), properties));
    } catch (SQLException e) {
      throw new AuthDatabaseException(DatabaseErrors.explain(e, settings), e);
    }
  }

  private static ChangeHints listening(@Nullable Connection connection) throws SQLException {
    if (connection == null) {
      throw new SQLException("Not an address of PostgreSQL");
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("listen " + CHANNEL);
      return new ChangeHints(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static void set(Properties properties, String name, @Nullable String value) {
    if (value != null) {
      properties.setProperty(name, value);
    }
  }

  /**
   * Waits for the next one.
   *
   * @return whether there was one in that time
   * @throws AuthDatabaseException when the connection is broken; nothing was logged
   */
  public boolean await(Duration atMost) {
    try {
      var hints = listening.getNotifications(Math.toIntExact(atMost.toMillis()));
      return hints != null && hints.length > 0;
    } catch (SQLException e) {
      throw new AuthDatabaseException("The connection that listened is broken.", e);
    }
  }

  /** Asks the server, for a connection that broke silently never tells. */
  public boolean isAlive() {
    try {
      return connection.isValid(VALID_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Also ends a wait of another thread. */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is of no use any more either way.
    }
  }
}
