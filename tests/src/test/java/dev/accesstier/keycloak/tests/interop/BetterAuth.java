// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import java.util.Locale;

/** The versions that the tests run; a folder of {@code tests/interop} pins each. */
enum BetterAuth {
  /** The one that wrote the fixture, with a hash in JavaScript. */
  V1_5("better-auth-1.5", ""),

  /** Hashes natively. Its second factor works only with the columns that it added. */
  V1_6("better-auth-1.6", BetterAuth.SINCE_1_6),

  /** Names magic links, and takes a password only from a row with the user's own id. */
  V1_7("better-auth-1.7", BetterAuth.SINCE_1_6);

  private static final String SINCE_1_6 =
      """
      alter table auth.two_factor_auth
        add column verified boolean default true,
        add column failed_verification_count integer default 0,
        add column locked_until timestamptz
      """;

  private final String folder;
  private final String newColumns;

  BetterAuth(String folder, String newColumns) {
    this.folder = folder;
    this.newColumns = newColumns;
  }

  /** In {@code tests/interop}. */
  String folder() {
    return folder;
  }

  /** What its owner adds to the schema when moving to this version; may be empty. */
  String newColumns() {
    return newColumns;
  }

  /** A database of its own: the versions do not share tables. */
  String database() {
    return "beside_" + name().toLowerCase(Locale.ROOT);
  }
}
