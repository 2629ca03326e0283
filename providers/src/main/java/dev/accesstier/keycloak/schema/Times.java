package dev.accesstier.keycloak.schema;

import java.time.Instant;

/**
 * Times as PostgreSQL may hold them, {@code infinity} among them, within what a program expects.
 */
final class Times {

  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  private Times() {}

  /** The nearest time from year 1 to year 9999. */
  static Instant within(Instant time) {
    if (time.isBefore(FIRST)) {
      return FIRST;
    }
    return time.isAfter(LAST) ? LAST : time;
  }
}
