// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.matrix;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user id of Matrix, {@code @local:server}; the grammar is that of the specification's appendix
 * "Identifier grammar", with the characters that old servers have given out as well.
 */
record MatrixId(String value, String server) {

  private static final int MOST = 255;

  private static final Pattern FORM =
      Pattern.compile("@[\\x21-\\x39\\x3B-\\x7E]*:(" + Homeserver.NAME.pattern() + ")");

  static Optional<MatrixId> parse(@Nullable String text) {
    if (text == null || text.length() > MOST) {
      return Optional.empty();
    }
    Matcher form = FORM.matcher(text);
    return form.matches() ? Optional.of(new MatrixId(text, form.group(1))) : Optional.empty();
  }
}
