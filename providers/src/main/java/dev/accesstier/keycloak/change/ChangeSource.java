// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import java.util.Locale;

/** Which way a change of a tier came in. */
public enum ChangeSource {
  /** Keycloak's own user form, and its admin API behind it. */
  CONSOLE,
  /** One user or client through our admin API, our console page included. */
  API,
  /** Many users in one call. */
  BULK,
  /** A file of users and tiers. */
  CSV,
  /** The API that the original service had. */
  LEGACY,
  /** No tier at all: an admin removed somebody's second factor. */
  SECOND_FACTOR;

  private final String value = name().toLowerCase(Locale.ROOT);

  /** The lower-case name, as stored and as answered. */
  public String value() {
    return value;
  }
}
