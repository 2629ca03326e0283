// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

/** What deleting a user through Keycloak does to the row. */
enum DeleteMode {
  SOFT,
  HARD
}
