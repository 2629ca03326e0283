// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.bench;

import java.time.Duration;

/** How much is measured. */
enum Mode {
  /** Whether all of it works, and no more. */
  SMOKE(1_000, 1, Duration.ofSeconds(1)),
  QUICK(10_000, 3, Duration.ofMillis(1500)),
  FULL(1_000_000, 5, Duration.ofSeconds(10));

  private final int users;
  private final int rounds;
  private final Duration round;

  Mode(int users, int rounds, Duration round) {
    this.users = users;
    this.rounds = rounds;
    this.round = round;
  }

  /** Rows in each table of users. */
  int users() {
    return users;
  }

  /** How often each side of a comparison has its turn, after one that does not count. */
  int rounds() {
    return rounds;
  }

  /** How long one turn is. */
  Duration round() {
    return round;
  }
}
