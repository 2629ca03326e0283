// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a database with schema {@code auth}.
 *
 * @param jdbcUrl of the form {@code jdbc:postgresql://host:port/database}
 * @param username null: the driver's default
 * @param password null: none
 * @param schema the schema's name, {@code auth} unless configured
 * @param poolMaxSize connections at most, at least 2
 * @param queryTimeout after which a statement is cancelled
 * @param searchTimeout likewise, of a search or a count
 */
public record AuthDatabaseSettings(
    String jdbcUrl,
    @Nullable String username,
    @Nullable String password,
    String schema,
    int poolMaxSize,
    Duration queryTimeout,
    Duration searchTimeout) {

  /** {@code host:port/database/schema}, for metrics. */
  String place() {
    return jdbcUrl.replaceFirst("^jdbc:postgresql:(//)?", "").replaceFirst("\\?.*", "")
        + "/"
        + schema;
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return "schema " + schema + " in " + jdbcUrl.replaceFirst("\\?.*", "");
  }
}
