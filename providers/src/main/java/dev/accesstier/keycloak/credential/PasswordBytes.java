// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.PrimitiveIterator;

/** Turns a typed password into the bytes that JavaScript would hash. */
final class PasswordBytes {

  private static final int REPLACEMENT = 0xFFFD;

  private PasswordBytes() {}

  /** UTF-8 of the NFKC form, as Better Auth hashes it with scrypt. Nothing is trimmed. */
  static byte[] nfkc(String password) {
    return utf8(Normalizer.normalize(wellFormed(password), Normalizer.Form.NFKC));
  }

  /** UTF-8 of the password as typed, as bcrypt libraries take it. */
  static byte[] raw(String password) {
    return utf8(wellFormed(password));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** An unpaired surrogate is U+FFFD in JavaScript's UTF-8, but a question mark in Java's. */
  private static String wellFormed(String text) {
    StringBuilder result = new StringBuilder(text.length());
    for (PrimitiveIterator.OfInt points = text.codePoints().iterator(); points.hasNext(); ) {
      int point = points.nextInt();
      boolean unpaired = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
      result.appendCodePoint(unpaired ? REPLACEMENT : point);
    }
    return result.toString();
  }
}
