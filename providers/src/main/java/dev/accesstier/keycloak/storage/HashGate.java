// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets as many hashes run at once as there are cores; the rest wait in order. More at once would
 * finish no sooner, and each scrypt hash takes 32 MiB of memory.
 */
final class HashGate {

  /** What a browser or a proxy waits for at most before it gives up itself. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private final Semaphore permits = new Semaphore(Runtime.getRuntime().availableProcessors(), true);

  /** Runs the work when its turn comes; empty when it did not come in time. */
  <T> Optional<T> run(Supplier<T> work) {
    try {
      if (!permits.tryAcquire(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    try {
      return Optional.of(work.get());
    } finally {
      permits.release();
    }
  }
}
