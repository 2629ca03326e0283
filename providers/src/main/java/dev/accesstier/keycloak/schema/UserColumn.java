// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

/** Columns of {@code users} that a change of a profile writes. */
public enum UserColumn {
  NAME("name"),
  EMAIL("email"),
  EMAIL_VERIFIED("emailVerified"),
  IMAGE("image"),
  CREATED_AT("createdAt");

  private final String attribute;

  UserColumn(String attribute) {
    this.attribute = attribute;
  }

  /** The mapped attribute's name. */
  String attribute() {
    return attribute;
  }
}
