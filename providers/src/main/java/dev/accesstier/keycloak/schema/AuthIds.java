// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.security.SecureRandom;

/** Makes ids as Better Auth makes them: 32 letters and digits. */
public final class AuthIds {

  private static final String ALPHABET =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  private static final int LENGTH = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private AuthIds() {}

  /** A new id, for a row of {@code users} or {@code accounts}. */
  public static String random() {
    return RANDOM
        .ints(LENGTH, 0, ALPHABET.length())
        .map(ALPHABET::charAt)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
