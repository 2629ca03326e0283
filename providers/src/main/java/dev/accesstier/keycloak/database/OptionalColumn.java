// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import java.util.Locale;

/**
 * Columns of table {@code users} that plugins of Better Auth add. Each counts where it is there and
 * can be read.
 */
public enum OptionalColumn {
  /** Of the admin plugin: whether an admin of the service shut the account. */
  BANNED(ColumnKind.FLAG),
  /** Of the admin plugin: when a ban ends; null, or no column, for good. */
  BAN_EXPIRES(ColumnKind.TIME),
  /** Of the username plugin, in lower case. */
  USERNAME(ColumnKind.TEXT);

  private final ColumnKind kind;

  OptionalColumn(ColumnKind kind) {
    this.kind = kind;
  }

  String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  ColumnKind kind() {
    return kind;
  }
}
