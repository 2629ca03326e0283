// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.sql.SQLException;
import java.time.Duration;

/** Builds the pool of one component's connections. */
final class ConnectionPool {

  /**
   * Keycloak interrupts a storage provider's look-up after 3 seconds, and calls what it interrupted
   * "no such user". Waiting for a connection and then for one statement must stay below that.
   */
  private static final Duration ACQUISITION_TIMEOUT = Duration.ofMillis(900);

  private static final int CONNECT_TIMEOUT_SECONDS = 1;

  /** Backstop behind the statement's own timeout, for a server that no longer answers at all. */
  private static final int SOCKET_TIMEOUT_SLACK_SECONDS = 1;

  private static final Duration IDLE_VALIDATION = Duration.ofMillis(500);
  private static final Duration IDLE_REMOVAL = Duration.ofMinutes(5);

  private ConnectionPool() {}

  static AgroalDataSource open(AuthDatabaseSettings settings) {
    int queryMillis = Math.toIntExact(settings.queryTimeout().toMillis());
    int socketSeconds = queryMillis / 1000 + SOCKET_TIMEOUT_SLACK_SECONDS;
    AgroalDataSourceConfigurationSupplier configuration =
        new AgroalDataSourceConfigurationSupplier()
            .metricsEnabled()
            .connectionPoolConfiguration(
                pool ->
                    pool.initialSize(0)
                        .minSize(0)
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
                                  .jdbcProperty("ApplicationName", "keycloak-access-tier")
                                  // The details of an error quote the row it is about.
                                  .jdbcProperty("logServerErrorDetail", "false")
                                  .jdbcProperty("connectTimeout", seconds(CONNECT_TIMEOUT_SECONDS))
                                  .jdbcProperty("loginTimeout", seconds(CONNECT_TIMEOUT_SECONDS))
                                  .jdbcProperty("socketTimeout", seconds(socketSeconds))
                                  .jdbcProperty(
                                      "options", "-c statement_timeout=" + queryMillis + "ms");
                              if (settings.username() != null) {
                                factory.principal(new NamePrincipal(settings.username()));
                              }
                              if (settings.password() != null) {
                                factory.credential(new SimplePassword(settings.password()));
                              }
                              return factory;
                            }));
    try {
      return AgroalDataSource.from(configuration);
    } catch (SQLException e) {
      throw new AuthDatabaseException("No connection pool for " + settings + ".", e);
    }
  }

  private static String seconds(int value) {
    return Integer.toString(value);
  }
}
