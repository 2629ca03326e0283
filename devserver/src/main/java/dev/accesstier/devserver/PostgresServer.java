// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL 17 on loopback. It can be stopped and started again with the same port and
 * data, which is how a test makes an outage.
 */
public final class PostgresServer implements AutoCloseable {

  /** Superuser; connections from loopback are trusted, any password does. */
  public static final String USER = "postgres";

  /** Not checked, but clients want one. */
  public static final String PASSWORD = "postgres";

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final int port;
  private @Nullable EmbeddedPostgres running;

  private PostgresServer(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /**
   * Starts a server with no databases but its own.
   *
   * @param directory for its data and log, deleted first where it exists
   * @param preferredPort taken when it is free; 0 prefers none
   */
  public static PostgresServer start(Path directory, int preferredPort) {
    KeycloakDistribution.delete(directory);
    PostgresServer server = new PostgresServer(directory, Ports.free(preferredPort));
    server.start();
    return server;
  }

  /** Starts again after {@link #stop}. */
  public void start() {
    try {
      Files.createDirectories(directory);
      ProcessBuilder.Redirect log = ProcessBuilder.Redirect.appendTo(logFile().toFile());
      running =
          EmbeddedPostgres.builder()
              .setPort(port)
              .setDataDirectory(directory.resolve("data"))
              .setCleanDataDirectory(false)
              .setServerConfig("fsync", "off")
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("max_connections", "300")
              .setPGStartupWait(START_LIMIT)
              .setOutputRedirector(log)
              .setErrorRedirector(log)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not start; see " + logFile(), e);
    }
  }

  /** Stops, as a crash would look to clients; the data stays. */
  public void stop() {
    EmbeddedPostgres server = running;
    running = null;
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    stop();
  }

  public int port() {
    return port;
  }

  public Path logFile() {
    return directory.resolve("postgres.log");
  }

  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
  }

  /** Connections as {@link #USER}, unpooled. */
  public DataSource database(String database) {
    EmbeddedPostgres server = running;
    if (server == null) {
      throw new IllegalStateException("PostgreSQL is stopped");
    }
    return server.getDatabase(USER, database);
  }

  /** Creates an empty database and returns it. */
  public DataSource createDatabase(String name) {
    execute("postgres", "create database " + name);
    return database(name);
  }

  /** Runs statements without results. */
  public void execute(String database, String sql) {
    try (Connection connection = database(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("On database " + database, e);
    }
  }
}
