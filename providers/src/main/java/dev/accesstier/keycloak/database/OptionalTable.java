// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

/**
 * Tables of one feature each. Where one is missing the feature is off, and people still sign in.
 */
public enum OptionalTable {
  PASSKEYS(MappedTable.PASSKEYS),
  USER_SETTINGS(MappedTable.USER_SETTINGS);

  private final MappedTable mapped;

  OptionalTable(MappedTable mapped) {
    this.mapped = mapped;
  }

  MappedTable mapped() {
    return mapped;
  }
}
