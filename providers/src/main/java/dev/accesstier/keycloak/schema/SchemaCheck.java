// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Tells in one query whether the schema has what the mapping needs, and if not, what to do. */
final class SchemaCheck {

  /**
   * Keep in step with {@code auth-schema.orm.xml}. What one feature alone needs is not in here: a
   * role that may not read {@code sessions} still signs people in, and the feature says so itself.
   */
  private static final Map<String, List<String>> NEEDED =
      new TreeMap<>(
          Map.of(
              "users",
              List.of(
                  "id",
                  "name",
                  "email",
                  "email_verified",
                  "image",
                  "created_at",
                  "updated_at",
                  "role",
                  "access_tier",
                  "two_factor_enabled",
                  "deleted_at"),
              "accounts",
              List.of(
                  "id",
                  "account_id",
                  "user_id",
                  "provider_id",
                  "password",
                  "created_at",
                  "updated_at"),
              "passwords",
              List.of("user_id", "hashed_password"),
              "two_factor_auth",
              List.of("user_id", "secret", "backup_codes", "created_at")));

  /** Columns this database role may read; {@code information_schema} would hide the others. */
  private static final String COLUMNS =
      """
      select t.relname, a.attname,
             has_schema_privilege(n.oid, 'usage')
               and has_column_privilege(t.oid, a.attnum, 'select')
        from pg_namespace n
        left join pg_class t on t.relnamespace = n.oid and t.relkind in ('r', 'p', 'v')
        left join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
       where n.nspname = ?
      """;

  /** What is written where the schema is writable, by table. */
  private static final Map<String, String> WRITTEN =
      new TreeMap<>(
          Map.of(
              "users", "insert,update,delete",
              "accounts", "insert,update",
              "passwords", "delete",
              "two_factor_auth", "insert,update,delete"));

  /** Of the first parameter's privileges those that this database role lacks on the table. */
  private static final String LACKING =
      """
      select string_agg(privilege, ', ')
        from unnest(string_to_array(?, ',')) privilege
       where not case privilege when 'delete' then has_table_privilege(?, privilege)
                                else has_any_column_privilege(?, privilege) end
      """;

  /** What a table has, by column: whether this database role may read it. */
  private final Map<String, Map<String, Boolean>> readable = new HashMap<>();

  private final String schema;
  private final boolean found;

  private SchemaCheck(Connection connection, String schema) throws SQLException {
    this.schema = schema;
    this.found = look(connection);
  }

  static SchemaCheck of(Connection connection, String schema) throws SQLException {
    return new SchemaCheck(connection, schema);
  }

  /** What is wrong, in sentences that say what to do; empty when all is there. */
  List<String> problems() {
    if (!found) {
      return List.of(
          "There is no schema \"%s\" in this database: correct the name of the schema or the JDBC URL."
              .formatted(schema));
    }
    return NEEDED.entrySet().stream()
        .flatMap(needed -> problems(needed.getKey(), needed.getValue()))
        .toList();
  }

  /**
   * What is wrong for somebody who also writes; empty when all is there.
   *
   * @param writable whether to look at the privileges to write as well
   */
  List<String> problems(Connection connection, boolean writable) throws SQLException {
    List<String> problems = problems();
    if (!writable || !problems.isEmpty()) {
      return problems;
    }
    List<String> lacking = new ArrayList<>();
    for (Map.Entry<String, String> written : WRITTEN.entrySet()) {
      String table = "\"%s\".\"%s\"".formatted(schema, written.getKey());
      try (PreparedStatement statement = connection.prepareStatement(LACKING)) {
        statement.setString(1, written.getValue());
        statement.setString(2, table);
        statement.setString(3, table);
        try (ResultSet row = statement.executeQuery()) {
          if (row.next() && row.getString(1) != null) {
            lacking.add(
                "The database user may not write %s: grant it %s, or set the edit mode to READ_ONLY."
                    .formatted(table, row.getString(1)));
          }
        }
      }
    }
    return lacking;
  }

  /** Likewise, of a table that only one feature needs. */
  List<String> problems(OptionalTable optional) {
    return readable.containsKey(optional.table())
        ? problems(optional.table(), optional.columns()).toList()
        : List.of("The table is missing.");
  }

  /** Whether the schema exists. */
  private boolean look(Connection connection) throws SQLException {
    boolean found = false;
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, schema);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found = true;
          String table = row.getString(1);
          String column = row.getString(2);
          if (table != null && column != null) {
            readable.computeIfAbsent(table, t -> new HashMap<>()).put(column, row.getBoolean(3));
          }
        }
      }
    }
    return found;
  }

  private Stream<String> problems(String table, List<String> columns) {
    Map<String, Boolean> present = readable.get(table);
    if (present == null) {
      return Stream.of(
          "Table \"%s.%s\" is missing: this is not a Better Auth schema, or its migrations have not been run."
              .formatted(schema, table));
    }
    return Stream.of(
            problem(
                columns.stream().filter(column -> !present.containsKey(column)).toList(),
                "Table \"%s.%s\" has no column %s: run the migrations of the service first.",
                table),
            problem(
                columns.stream()
                    .filter(column -> Boolean.FALSE.equals(present.get(column)))
                    .toList(),
                "The database user may not read \"%s.%s\" (%s): grant it usage on the schema and select on the table.",
                table))
        .flatMap(Optional::stream);
  }

  private Optional<String> problem(List<String> columns, String sentence, String table) {
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(sentence.formatted(schema, table, String.join(", ", columns)));
  }
}
