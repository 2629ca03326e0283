// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import dev.accesstier.keycloak.outage.AuthDatabaseException;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceListener;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.sql.SQLException;
import java.time.Duration;

/** Builds the pool of one component's connections. */
final class ConnectionPool {

  /**
   * How long a request waits for a connection. Keycloak interrupts a storage provider's look-up
   * after 3 seconds, which ends it as unavailable: this and one statement must stay below that.
   */
  static final Duration ACQUISITION_TIMEOUT = Duration.ofMillis(1400);

  /**
   * Of a connection that is made in the background. It may take longer than a request waits: who
   * comes a little later finds it there.
   */
  private static final int CONNECT_TIMEOUT_SECONDS = 3;

  /** Backstop behind the statement's own timeout, for a server that no longer answers at all. */
  private static final Duration SOCKET_TIMEOUT_SLACK = Duration.ofSeconds(1);

  private static final Duration IDLE_VALIDATION = Duration.ofMillis(500);
  private static final Duration IDLE_REMOVAL = Duration.ofMinutes(5);

  private ConnectionPool() {}

  /**
   * Opens without waiting for a connection.
   *
   * @param kept connections that are made in the background and stay open while nobody needs them
   * @param listener told of connections that could not be made
   */
  static AgroalDataSource open(
      AuthDatabaseSettings settings, int kept, AgroalDataSourceListener listener) {
    String statementTimeout = settings.queryTimeout().toMillis() + "ms";
    AgroalDataSourceConfigurationSupplier configuration =
        new AgroalDataSourceConfigurationSupplier()
            .metricsEnabled()
            .connectionPoolConfiguration(
                pool ->
                    pool.initialSize(kept)
                        .minSize(kept)
                        .maxSize(settings.poolMaxSize())
                        .acquisitionTimeout(ACQUISITION_TIMEOUT)
                        .idleValidationTimeout(IDLE_VALIDATION)
                        .reapTimeout(IDLE_REMOVAL)
                        // Without it a connection that broke in use would be lent again.
                        .exceptionSorter(DatabaseErrors::brokenConnection)
                        .connectionFactoryConfiguration(
                            factory -> {
                              factory
                                  .connectionProviderClass(org.postgresql.Driver.class)
                                  .jdbcUrl(settings.jdbcUrl())
                                  // A column without a zone holds UTC, as Better Auth writes it,
                                  // wherever this server stands.
                                  .initialSql("set time zone 'UTC'")
                                  .jdbcProperty("ApplicationName", "keycloak-access-tier")
                                  // The details of an error quote the row it is about.
                                  .jdbcProperty("logServerErrorDetail", "false")
                                  .jdbcProperty("connectTimeout", seconds(CONNECT_TIMEOUT_SECONDS))
                                  .jdbcProperty("loginTimeout", seconds(CONNECT_TIMEOUT_SECONDS))
                                  .jdbcProperty(
                                      "socketTimeout",
                                      seconds(socketTimeout(settings.queryTimeout()).toSeconds()))
                                  .jdbcProperty(
                                      "options", "-c statement_timeout=" + statementTimeout);
                              if (settings.username() != null) {
                                factory.principal(new NamePrincipal(settings.username()));
                              }
                              if (settings.password() != null) {
                                factory.credential(new SimplePassword(settings.password()));
                              }
                              return factory;
                            }));
    try {
      return AgroalDataSource.from(configuration, listener);
    } catch (SQLException e) {
      throw new AuthDatabaseException("No connection pool for " + settings + ".", e);
    }
  }

  /** How long the driver waits for the answer to a statement with that time limit. */
  static Duration socketTimeout(Duration statementTimeout) {
    return Duration.ofSeconds(statementTimeout.toSeconds()).plus(SOCKET_TIMEOUT_SLACK);
  }

  private static String seconds(long value) {
    return Long.toString(value);
  }
}
