// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.util.List;

/**
 * Tables of one feature each. Where one is missing the feature is off, and people still sign in.
 */
public enum OptionalTable {
  PASSKEYS(
      "passkeys",
      "id",
      "user_id",
      "credential_id",
      "public_key",
      "counter",
      "transports",
      "friendly_name",
      "created_at");

  private final String table;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is.
  private final List<String> columns;

  OptionalTable(String table, String... columns) {
    this.table = table;
    this.columns = List.of(columns);
  }

  String table() {
    return table;
  }

  /** What the mapping reads; keep in step with {@code auth-schema.orm.xml}. */
  List<String> columns() {
    return columns;
  }
}
