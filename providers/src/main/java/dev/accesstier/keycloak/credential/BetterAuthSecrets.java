// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of a Better Auth service: one, or several with versions of which the first listed is
 * the current one (Better Auth 1.5 and newer).
 *
 * @param byVersion empty where there are no versions
 * @param current the version that is written; empty where there are no versions
 * @param unversioned {@code BETTER_AUTH_SECRET}: the only secret, or, beside versions, the one for
 *     rows from before there were any; null where there is none
 */
public record BetterAuthSecrets(
    Map<Integer, String> byVersion, OptionalInt current, @Nullable String unversioned) {

  /** Of a component that was given none. */
  public static final BetterAuthSecrets NONE =
      new BetterAuthSecrets(Map.of(), OptionalInt.empty(), null);

  private static final Pattern VERSIONED = Pattern.compile("(\\d{1,9}):(.*)", Pattern.DOTALL);

  /**
   * Reads the value of {@code BETTER_AUTH_SECRET} as it is, or that of {@code BETTER_AUTH_SECRETS},
   * {@code 2:new,1:old}. The latter may end in one more entry without a version, the value of
   * {@code BETTER_AUTH_SECRET} beside it. A text is such a list if it begins with digits and a
   * colon.
   *
   * @throws IllegalArgumentException with a sentence that says what to correct and repeats nothing
   */
  public static BetterAuthSecrets parse(String text) {
    if (!VERSIONED.matcher(text).matches()) {
      return new BetterAuthSecrets(Map.of(), OptionalInt.empty(), text);
    }
    Map<Integer, String> byVersion = new TreeMap<>();
    OptionalInt current = OptionalInt.empty();
    String unversioned = null;
    for (String entry : text.split(",", -1)) {
      Matcher versioned = VERSIONED.matcher(entry.trim());
      if (unversioned != null) {
        throw new IllegalArgumentException("only its last entry may lack a version");
      }
      if (!versioned.matches()) {
        unversioned = notEmpty(entry.trim());
        continue;
      }
      int version = Integer.parseInt(versioned.group(1));
      if (byVersion.put(version, notEmpty(versioned.group(2).trim())) != null) {
        throw new IllegalArgumentException("it gives a version twice");
      }
      current = current.isPresent() ? current : OptionalInt.of(version);
    }
    return new BetterAuthSecrets(Map.copyOf(byVersion), current, unversioned);
  }

  private static String notEmpty(String secret) {
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("one of its entries is empty");
    }
    return secret;
  }

  public boolean isEmpty() {
    return byVersion.isEmpty() && unversioned == null;
  }

  /**
   * The secret that Better Auth signs cookies and tokens with: the current one.
   *
   * @throws IllegalStateException when there is none at all
   */
  public String signing() {
    String secret = current.isPresent() ? byVersion.get(current.getAsInt()) : unversioned;
    if (secret == null) {
      throw new IllegalStateException("no current secret");
    }
    return secret;
  }

  /** Leaves the secrets out. */
  @Override
  public String toString() {
    return "BetterAuthSecrets";
  }
}
