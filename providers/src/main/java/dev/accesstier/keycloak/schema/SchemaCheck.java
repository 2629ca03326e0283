package dev.accesstier.keycloak.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Tells in one query whether the schema has what the mapping needs, and if not, what to do. */
final class SchemaCheck {

  /** Keep in step with {@code auth-schema.orm.xml}. */
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
                  "role",
                  "access_tier",
                  "two_factor_enabled",
                  "deleted_at"),
              "accounts",
              List.of("id", "user_id", "provider_id", "password", "created_at"),
              "passwords",
              List.of("user_id", "hashed_password")));

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

  private SchemaCheck() {}

  /** The first thing that is wrong, as a sentence; empty when all is there. */
  static List<String> problems(Connection connection, String schema) throws SQLException {
    Map<String, Set<String>> readable = new HashMap<>();
    Map<String, Set<String>> forbidden = new HashMap<>();
    boolean found = false;
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, schema);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found = true;
          String table = row.getString(1);
          if (table != null) {
            (row.getBoolean(3) ? readable : forbidden)
                .computeIfAbsent(table, t -> new HashSet<>())
                .add(row.getString(2));
          }
        }
      }
    }
    if (!found) {
      return List.of(
          "There is no schema \"%s\" in this database: correct the name of the schema or the JDBC URL."
              .formatted(schema));
    }
    List<String> problems = new ArrayList<>();
    NEEDED.forEach(
        (table, columns) -> {
          Set<String> seen = readable.getOrDefault(table, Set.of());
          Set<String> unreadable = forbidden.getOrDefault(table, Set.of());
          if (seen.isEmpty() && unreadable.isEmpty()) {
            problems.add(
                "Table \"%s.%s\" is missing: this is not a Better Auth schema, or its migrations have"
                        .formatted(schema, table)
                    + " not been run.");
            return;
          }
          for (String column : columns) {
            if (unreadable.contains(column)) {
              problems.add(
                  "The database user may not read \"%s.%s.%s\": grant it usage on the schema and select on the table."
                      .formatted(schema, table, column));
            } else if (!seen.contains(column)) {
              problems.add(
                  "Column \"%s\" of table \"%s.%s\" is missing: run the migrations of the service first."
                      .formatted(column, schema, table));
            }
          }
        });
    return problems;
  }
}
