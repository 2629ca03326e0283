// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads and writes a database as the running Better Auth would: beside Keycloak. */
public record AuthRows(DataSource database) {

  /** The columns of a row. */
  public record Row(Map<String, @Nullable Object> columns) {

    /** What a column holds that must hold something. */
    public String text(String column) {
      return Objects.requireNonNull(columns.get(column), column).toString();
    }
  }

  /** The user's row in {@code users}. */
  public Row user(String id) {
    return one("select * from auth.users where id = ?", id);
  }

  /** The user's credential row in {@code accounts}. */
  public Row credential(String userId) {
    return one(
        "select * from auth.accounts where user_id = ? and provider_id = 'credential'", userId);
  }

  /** Adds somebody with the tier and the password of a sample user. */
  public void addLike(Fixture.User sample, String id, String email) {
    write(
        "insert into auth.users (id, name, email, email_verified, access_tier)"
            + " select ?, name, ?, true, access_tier from auth.users where id = ?",
        id,
        email,
        sample.id());
    write(
        "insert into auth.accounts (id, account_id, provider_id, user_id, password)"
            + " select ?, ?, provider_id, ?, password from auth.accounts"
            + " where user_id = ? and provider_id = 'credential'",
        UUID.randomUUID().toString(),
        id,
        id,
        sample.id());
  }

  /** The one row that the query finds. */
  public Row one(String sql, Object... parameters) {
    List<Row> rows = all(sql, parameters);
    if (rows.size() != 1) {
      throw new AssertionError(rows.size() + " rows for " + sql);
    }
    return rows.get(0);
  }

  public List<Row> all(String sql, Object... parameters) {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = prepare(connection, sql, parameters);
        ResultSet found = statement.executeQuery()) {
      List<Row> rows = new ArrayList<>();
      while (found.next()) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          row.put(found.getMetaData().getColumnLabel(i), found.getObject(i));
        }
        rows.add(new Row(row));
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  /** How many rows were written. */
  public int write(String sql, Object... parameters) {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = prepare(connection, sql, parameters)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
