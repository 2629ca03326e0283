// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import java.util.Set;

/** What a column must hold so that the mapping can read it and compare with it. */
enum ColumnKind {
  TEXT("text", "text", "varchar", "bpchar", "citext"),
  /** A text of few values. */
  LABEL("text or an enum", "text", "varchar", "bpchar", "citext", "enum"),
  FLAG("boolean", "bool"),
  /** Without a zone it is taken for UTC. */
  TIME("timestamp with time zone", "timestamptz", "timestamp"),
  NUMBER("integer or bigint", "int2", "int4", "int8"),
  JSON("jsonb", "jsonb");

  private final String wanted;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is.
  private final Set<String> types;

  ColumnKind(String wanted, String... types) {
    this.wanted = wanted;
    this.types = Set.of(types);
  }

  /** For an admin. */
  String wanted() {
    return wanted;
  }

  /**
   * @param type the type's name in {@code pg_type}, and for every enum {@code enum}
   */
  boolean reads(String type) {
    return types.contains(type);
  }
}
