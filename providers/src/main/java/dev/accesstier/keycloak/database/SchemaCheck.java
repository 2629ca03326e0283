// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Tells in one query whether the schema has what the mapping needs, and if not, what to do. */
final class SchemaCheck {

  /**
   * Columns with their types, and whether this database role may read them; {@code
   * information_schema} would hide the others. Required is what has no default, unless a trigger
   * may fill it in.
   */
  private static final String COLUMNS =
      """
      select t.relname, a.attname,
             has_schema_privilege(n.oid, 'usage')
               and has_column_privilege(t.oid, a.attnum, 'select'),
             case base.typtype when 'e' then 'enum' else base.typname end,
             format_type(a.atttypid, a.atttypmod),
             a.attnotnull and not a.atthasdef and a.attidentity = '' and not exists (
               select 1 from pg_trigger g
                where g.tgrelid = t.oid and g.tgtype & 7 = 7 and g.tgenabled <> 'D')
        from pg_namespace n
        left join pg_class t on t.relnamespace = n.oid and t.relkind in ('r', 'p', 'v')
        left join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        left join pg_type own on own.oid = a.atttypid
        left join pg_type base on base.oid = coalesce(nullif(own.typbasetype, 0), own.oid)
       where n.nspname = ?
      """;

  /** Of the first parameter's privileges those that this database role lacks on the table. */
  private static final String LACKING =
      """
      select string_agg(privilege, ', ')
        from unnest(string_to_array(?, ',')) privilege
       where not case privilege when 'delete' then has_table_privilege(?, privilege)
                                else has_any_column_privilege(?, privilege) end
      """;

  private static final String MISSING = "The table is missing.";
  private static final String USERS = MappedTable.USERS.table();

  /**
   * A column as it is.
   *
   * @param type as {@link ColumnKind#reads} knows it
   * @param declared as an admin knows it
   * @param required whether a row cannot be made without a value for it
   */
  private record Column(boolean readable, String type, String declared, boolean required) {}

  /** A column that the mapping reads. */
  private record Found(String name, ColumnKind kind, Column column) {
    boolean fits() {
      return kind.reads(column.type());
    }

    String misfit() {
      return "%s is %s and must be %s".formatted(name, column.declared(), kind.wanted());
    }
  }

  /** Tables that a feature looks for each time it needs one, whatever columns they have. */
  private static final Set<String> LOOKED_FOR =
      Set.of(
          "jwks",
          "matrix_user_links",
          "oauth_access_tokens",
          "oauth_applications",
          "oauth_authorization_codes",
          "oauth_clients",
          "oauth_consents");

  /** What a table has, by column. */
  private final Map<String, Map<String, Column>> tables = new HashMap<>();

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
    return MappedTable.NEEDED.stream().sorted().flatMap(this::unreadable).toList();
  }

  /**
   * What is wrong for somebody who also writes; empty when all is there.
   *
   * @param writable whether to look at what only writing needs as well
   */
  List<String> problems(Connection connection, boolean writable) throws SQLException {
    List<String> problems = problems();
    if (!writable || !problems.isEmpty()) {
      return problems;
    }
    List<String> unwritable = new ArrayList<>();
    for (MappedTable mapped : MappedTable.values()) {
      lacking(connection, mapped)
          .map(
              privileges ->
                  "The database user may not write \"%s\".\"%s\": grant it %s, or set the edit mode to READ_ONLY."
                      .formatted(schema, mapped.table(), privileges))
          .ifPresent(unwritable::add);
      unknown(mapped).ifPresent(unwritable::add);
    }
    return unwritable;
  }

  /** What there is of that which only one feature needs. */
  Shape shape() {
    return new Shape(
        Stream.of(OptionalTable.values())
            .filter(table -> problems(table).isEmpty())
            .collect(toUnmodifiableSet()),
        Stream.of(OptionalColumn.values())
            .filter(column -> ofUsers(column).filter(there -> fits(column, there)).isPresent())
            .collect(toUnmodifiableSet()));
  }

  /** The same by name, as an admin knows it. */
  List<String> found() {
    Shape shape = shape();
    return Stream.of(
            shape.tables().stream().map(table -> table.mapped().table()),
            shape.columns().stream().map(column -> USERS + "." + column.column()),
            LOOKED_FOR.stream().filter(this::isReadable))
        .flatMap(names -> names)
        .sorted()
        .toList();
  }

  /** The tables that are not used, with the reason, in sentences. */
  List<String> missing() {
    return Stream.concat(
            Stream.of(OptionalTable.values())
                .filter(table -> !problems(table).isEmpty())
                .map(table -> without(table.mapped().table(), String.join(" ", problems(table)))),
            LOOKED_FOR.stream()
                .sorted()
                .filter(not(this::isReadable))
                .map(
                    table ->
                        without(
                            table,
                            tables.containsKey(table)
                                ? "The database user may not read it."
                                : MISSING)))
        .toList();
  }

  private static String without(String table, String reason) {
    return "Works without %s: %s".formatted(table, reason);
  }

  /** The columns that are there and of no effect, in sentences. */
  List<String> unusableColumns() {
    return Stream.of(OptionalColumn.values())
        .filter(column -> ofUsers(column).filter(there -> !fits(column, there)).isPresent())
        .map(
            column ->
                "Column \"%s\".\"%s\".%s is of no effect: the database user must have select on it, and it must be %s."
                    .formatted(schema, USERS, column.column(), column.kind().wanted()))
        .toList();
  }

  private boolean isReadable(String table) {
    return tables.getOrDefault(table, Map.of()).values().stream().anyMatch(Column::readable);
  }

  private List<String> problems(OptionalTable optional) {
    return tables.containsKey(optional.mapped().table())
        ? unreadable(optional.mapped()).toList()
        : List.of(MISSING);
  }

  private Optional<Column> ofUsers(OptionalColumn column) {
    return Optional.ofNullable(tables.getOrDefault(USERS, Map.of()).get(column.column()));
  }

  private static boolean fits(OptionalColumn column, Column there) {
    return there.readable() && column.kind().reads(there.type());
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
            tables
                .computeIfAbsent(table, t -> new TreeMap<>())
                .put(
                    column,
                    new Column(
                        row.getBoolean(3), row.getString(4), row.getString(5), row.getBoolean(6)));
          }
        }
      }
    }
    return found;
  }

  private Stream<String> unreadable(MappedTable mapped) {
    Map<String, Column> present = tables.get(mapped.table());
    if (present == null) {
      return Stream.of(
          "Table \"%s.%s\" is missing: this is not a Better Auth schema, or its migrations have not been run."
              .formatted(schema, mapped.table()));
    }
    Map<String, ColumnKind> wanted = mapped.columns();
    List<Found> there =
        wanted.entrySet().stream()
            .flatMap(
                one ->
                    Stream.ofNullable(present.get(one.getKey()))
                        .map(column -> new Found(one.getKey(), one.getValue(), column)))
            .toList();
    return Stream.of(
            sentence(
                "Table \"%s.%s\" has no column %s: run the migrations of the service first.",
                mapped, wanted.keySet().stream().filter(not(present::containsKey))),
            sentence(
                "The database user may not read \"%s.%s\" (%s): grant it usage on the schema and select on the table.",
                mapped, there.stream().filter(one -> !one.column().readable()).map(Found::name)),
            sentence(
                "Table \"%s.%s\" has columns that Keycloak cannot read: %s.",
                mapped, there.stream().filter(one -> !one.fits()).map(Found::misfit)))
        .flatMap(Optional::stream);
  }

  /** Without a value in these no row can be made, and nothing here knows one. */
  private Optional<String> unknown(MappedTable mapped) {
    return sentence(
        "Rows of \"%s.%s\" need a value in %s, which Keycloak does not write: give the column a default or let it be null, or set the edit mode to READ_ONLY.",
        mapped,
        tables.getOrDefault(mapped.table(), Map.of()).entrySet().stream()
            .filter(column -> mapped.isInsertedInto() && column.getValue().required())
            .map(Map.Entry::getKey)
            .filter(not(mapped::inserts)));
  }

  private Optional<String> lacking(Connection connection, MappedTable mapped) throws SQLException {
    if (mapped.privileges().isEmpty()) {
      return Optional.empty();
    }
    String table = "\"%s\".\"%s\"".formatted(schema, mapped.table());
    try (PreparedStatement statement = connection.prepareStatement(LACKING)) {
      statement.setString(1, mapped.privileges());
      statement.setString(2, table);
      statement.setString(3, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
      }
    }
  }

  private Optional<String> sentence(String form, MappedTable mapped, Stream<String> columns) {
    String list = columns.collect(joining(", "));
    return list.isEmpty()
        ? Optional.empty()
        : Optional.of(form.formatted(schema, mapped.table(), list));
  }
}
