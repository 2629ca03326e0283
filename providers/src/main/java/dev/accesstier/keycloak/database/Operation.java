// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** What is done with a database, timed by outcome as Keycloak times requests to LDAP. */
enum Operation {
  READ,
  SEARCH,
  WRITE,
  HOLD;

  private static final String TIMER = "access_tier_database_operation";

  private final String tag = name().toLowerCase(Locale.ROOT);

  /** Runs it; a conflict is an answer of the database like any other. */
  <T> T timed(String database, Supplier<T> work) {
    long begin = System.nanoTime();
    String outcome = "error";
    try {
      T result = work.get();
      outcome = "success";
      return result;
    } catch (AuthConflictException e) {
      outcome = "conflict";
      throw e;
    } finally {
      Timer.builder(TIMER)
          .description("Work on a schema's database, waiting for a connection included")
          .tags("database", database, "operation", tag, "outcome", outcome)
          .register(Metrics.globalRegistry)
          .record(Duration.ofNanos(System.nanoTime() - begin));
    }
  }
}
