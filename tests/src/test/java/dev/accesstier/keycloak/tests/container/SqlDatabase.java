// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A database of one test, to which files of {@code docker/sql} are applied. */
record SqlDatabase(DataSource source) {

  private static final String OWNER = "";

  /** Applies a file, as the owner. */
  SqlDatabase apply(String file) {
    return applyAs(OWNER, file);
  }

  SqlDatabase applyAs(String role, String file) {
    Path path = TestServer.jar().resolve("../../../docker/sql").resolve(file).normalize();
    try {
      as(role, Files.readString(path));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new AssertionError(file, e);
    }
  }

  /** Runs statements as the owner and returns the first column of the last one's rows. */
  List<String> run(String sql) {
    try {
      return as(OWNER, sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  /** Likewise, as a member of the role. */
  List<String> as(String role, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      if (!role.isEmpty()) {
        statement.execute("set role " + role);
      }
      List<String> rows = new ArrayList<>();
      boolean result = statement.execute(sql);
      while (result || statement.getUpdateCount() >= 0) {
        if (result) {
          rows.clear();
          ResultSet row = statement.getResultSet();
          while (row.next()) {
            rows.add(row.getString(1));
          }
        }
        result = statement.getMoreResults();
      }
      return rows;
    }
  }
}
