// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

/** What a tier may belong to. */
public enum TierSubject {
  /** A user's own tier. */
  USER,
  /** The tier a client requires of its users. */
  CLIENT
}
