// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.link;

import dev.accesstier.keycloak.tests.support.TestServer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables as Better Auth sees and writes them. */
final class Rows {

  private Rows() {}

  /** Rows by column; nulls are left out, everything else is the text of its value. */
  static List<Map<String, String>> select(String sql, String... parameters) {
    try (var connection = TestServer.shared().postgres().database(TestServer.AUTH).getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        List<Map<String, String>> rows = new ArrayList<>();
        while (row.next()) {
          Map<String, String> values = new LinkedHashMap<>();
          for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            String value = row.getString(i);
            if (value != null) {
              values.put(row.getMetaData().getColumnLabel(i), value);
            }
          }
          rows.add(values);
        }
        return rows;
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  static int update(String sql, String... parameters) {
    try (var connection = TestServer.shared().postgres().database(TestServer.AUTH).getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, parameters);
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void set(PreparedStatement statement, String... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setString(i + 1, parameters[i]);
    }
  }
}
