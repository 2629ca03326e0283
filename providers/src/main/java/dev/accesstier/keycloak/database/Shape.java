// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import java.util.Set;

/** What a database has of that which only one feature needs, and this database role may read. */
public record Shape(Set<OptionalTable> tables, Set<OptionalColumn> columns) {

  /** What everybody needs, and no more. */
  public static final Shape NEEDED = new Shape(Set.of(), Set.of());

  public boolean has(OptionalTable table) {
    return tables.contains(table);
  }

  public boolean has(OptionalColumn column) {
    return columns.contains(column);
  }
}
