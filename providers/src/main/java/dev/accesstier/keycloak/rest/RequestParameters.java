// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.tier.AccessTier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What requests ask for, checked; faults are status 400 with a sentence. */
public final class RequestParameters {

  static final String TIERS =
      Arrays.stream(AccessTier.values()).map(AccessTier::value).collect(Collectors.joining(", "));

  public static final String UNKNOWN_TIER = "Tier must be one of: " + TIERS;

  private static final int LONGEST_REASON = 1000;

  private RequestParameters() {}

  /** A part of a list. */
  public record Page(int first, int max) {

    /** Null: from the beginning, and as many as the default. */
    public static Page of(@Nullable String first, @Nullable String max, int defaultMax, int most) {
      return new Page(
          number("first", first, 0, Integer.MAX_VALUE), number("max", max, defaultMax, most));
    }

    private static int number(String name, @Nullable String text, int absent, int most) {
      if (text == null || text.isEmpty()) {
        return absent;
      }
      try {
        int number = Integer.parseInt(text);
        if (number >= 0 && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw Json.bad(
          name
              + (most == Integer.MAX_VALUE
                  ? " must be a whole number, 0 or more"
                  : " must be a whole number from 0 to " + most));
    }
  }

  public static AccessTier tier(@Nullable String text) {
    return AccessTier.parse(text).orElseThrow(() -> Json.bad(UNKNOWN_TIER));
  }

  /** Empty where none is asked for. */
  public static Optional<AccessTier> optionalTier(@Nullable String text) {
    return text == null || text.isEmpty() ? Optional.empty() : Optional.of(tier(text));
  }

  public static @Nullable String reason(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    if (text.length() > LONGEST_REASON
        || text.indexOf('\0') >= 0
        || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw Json.bad("The reason must be text of at most " + LONGEST_REASON + " characters");
    }
    return text.strip();
  }

  /** A parameter that may be given several times, and list several values with commas. */
  public static Set<String> list(@Nullable List<String> given) {
    return given == null
        ? Set.of()
        : given.stream()
            .flatMap(text -> Arrays.stream(text.split(",", -1)))
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
  }

  /** A flag of the query that may be left out; null where it is. */
  public static @Nullable Boolean optionalFlag(String name, @Nullable String text) {
    return text == null || text.isEmpty() ? null : Boolean.valueOf(flag(name, text));
  }

  /** A flag of the query. */
  public static boolean flag(String name, @Nullable String text) {
    if (text == null || text.isEmpty() || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw Json.bad(name + " must be true or false");
  }
}
