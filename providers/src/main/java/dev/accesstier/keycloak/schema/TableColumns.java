// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import jakarta.persistence.EntityManager;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The columns that a table has at the moment and this database role may use. Newer versions of
 * Better Auth add some, and an owner migrates while Keycloak runs, so they are looked for each
 * time.
 */
final class TableColumns {

  private static final String USABLE =
      """
      select a.attname, format_type(a.atttypid, null)
        from pg_attribute a
        join pg_class t on t.oid = a.attrelid
        join pg_namespace n on n.oid = t.relnamespace
       where n.nspname = :schema and t.relname = :table
         and a.attnum > 0 and not a.attisdropped
         and has_column_privilege(t.oid, a.attnum, :privilege)
      """;

  private TableColumns() {}

  /** Those that may be read. */
  static Map<String, String> readable(EntityManager entityManager, String table) {
    return usable(entityManager, table, "select");
  }

  /** Those that may be set in a new row. */
  static Map<String, String> insertable(EntityManager entityManager, String table) {
    return usable(entityManager, table, "insert");
  }

  /** Those that may be set in a row that is there. */
  static Map<String, String> updatable(EntityManager entityManager, String table) {
    return usable(entityManager, table, "update");
  }

  /** Names with types, as PostgreSQL calls these. */
  private static Map<String, String> usable(
      EntityManager entityManager, String table, String privilege) {
    Stream<?> rows =
        entityManager
            .createNativeQuery(USABLE)
            .setParameter("schema", AuthEntities.schemaOf(entityManager))
            .setParameter("table", table)
            .setParameter("privilege", privilege)
            .getResultStream();
    return rows.map(Object[].class::cast)
        .collect(Collectors.toUnmodifiableMap(row -> (String) row[0], row -> (String) row[1]));
  }
}
