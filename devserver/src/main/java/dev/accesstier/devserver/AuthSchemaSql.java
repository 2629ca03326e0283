// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Schema {@code auth} as the files of {@code docker/sql} make it. */
public final class AuthSchemaSql {

  private AuthSchemaSql() {}

  /**
   * Makes what is missing; may be called again.
   *
   * @param more files beside {@code schema.sql}, such as {@code indexes.sql}
   */
  public static void apply(DataSource database, String... more) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(read("/sql/schema.sql"));
      for (String file : more) {
        statement.execute(read("/sql/" + file));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot make schema auth", e);
    }
  }

  private static String read(String resource) {
    try (InputStream file = AuthSchemaSql.class.getResourceAsStream(resource)) {
      if (file == null) {
        throw new IllegalStateException("Missing resource " + resource);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
