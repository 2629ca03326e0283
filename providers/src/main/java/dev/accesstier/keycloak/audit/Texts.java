// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

/** Makes texts fit into columns. */
final class Texts {

  private Texts() {}

  /** Not amid a surrogate pair, of which a table takes no half. */
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
  }
}
