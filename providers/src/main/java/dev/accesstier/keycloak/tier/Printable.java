// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.regex.Pattern;

/** Text that somebody typed, for a line of a log or a label of a metric. */
public final class Printable {

  private static final int LONGEST = 100;

  /** Line breaks above all: a line after one would look like another message. */
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

  private Printable() {}

  /** The text on one line and not too long; each character that cannot be shown is a "?". */
  public static String of(String text) {
    String shown = UNPRINTABLE.matcher(text).replaceAll("?");
    return shown.length() <= LONGEST ? shown : shown.substring(0, LONGEST) + '…';
  }
}
