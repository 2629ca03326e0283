// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets as many hashes run at once as there are cores; the rest wait in order. More at once would
 * finish no sooner, and each scrypt hash takes 32 MiB of memory.
 */
public final class HashGate {

  /** What a browser or a proxy waits for at most before it gives up itself. */
  public static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private static final String HASHES = "access_tier_password_hashes";
  private static final String OUTCOME = "outcome";
  private static final String DONE = "done";
  private static final String REFUSED = "refused";

  private final Semaphore permits = new Semaphore(Runtime.getRuntime().availableProcessors(), true);
  private final Duration maxWait;

  /**
   * For a server.
   *
   * @param maxWait how long one waits for its turn at most
   */
  public HashGate(Duration maxWait) {
    this.maxWait = maxWait;
    Metrics.counter(HASHES, OUTCOME, DONE).increment(0);
    Metrics.counter(HASHES, OUTCOME, REFUSED).increment(0);
  }

  /** Runs the work when its turn comes; empty when it did not come in time. Both are counted. */
  <T> Optional<T> run(Supplier<T> work) {
    try {
      if (!permits.tryAcquire(maxWait.toMillis(), TimeUnit.MILLISECONDS)) {
        return none();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return none();
    }
    try {
      count(DONE);
      return Optional.of(work.get());
    } finally {
      permits.release();
    }
  }

  private static <T> Optional<T> none() {
    count(REFUSED);
    return Optional.empty();
  }

  private static void count(String outcome) {
    Metrics.counter(HASHES, OUTCOME, outcome).increment();
  }
}
