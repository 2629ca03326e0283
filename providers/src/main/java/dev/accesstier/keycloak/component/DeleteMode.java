// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

/** What deleting a user through Keycloak does to the row. */
public enum DeleteMode {
  SOFT,
  HARD
}
