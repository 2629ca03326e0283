// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far into the phased release of apps a user may go, lowest first. The names are the labels of
 * the PostgreSQL enum {@code access_tier}, the values of the {@code access_tier} claim and of the
 * client attribute {@code access.tier.required}.
 */
public enum AccessTier {
  GUEST(0),
  PUBLIC(1),
  BETA(2),
  ALPHA(3),
  FOUNDER(4);

  /** User attribute that carries the tier, whatever storage the user comes from. */
  public static final String ATTRIBUTE = "access_tier";

  private final String value = name().toLowerCase(Locale.ROOT);
  private final int level;

  AccessTier(int level) {
    this.level = level;
  }

  /** The tier of exactly that lower-case name; empty for anything else, {@code null} included. */
  public static Optional<AccessTier> parse(@Nullable String value) {
    return Arrays.stream(values()).filter(tier -> tier.value.equals(value)).findFirst();
  }

  /**
   * What a stored value means for a user: none is {@link #PUBLIC}, one that is unknown is {@link
   * #GUEST}, so that a typo never grants anything.
   */
  public static AccessTier ofUser(@Nullable String stored) {
    return stored == null || stored.isBlank() ? PUBLIC : parse(stored).orElse(GUEST);
  }

  /** The lower-case name, as stored and as put into tokens. */
  public String value() {
    return value;
  }

  /** From 0 for guest to 4 for founder. */
  public int level() {
    return level;
  }

  /** Whether a user of this tier may enter an app that requires the other. */
  public boolean reaches(AccessTier required) {
    return level >= required.level;
  }
}
