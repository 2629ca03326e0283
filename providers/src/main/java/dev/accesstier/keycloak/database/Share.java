// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A part of a pool's connections. Work that may take long, or may wait for others, is kept to it,
 * so that it cannot use up what logins need.
 */
final class Share {

  private final Semaphore connections;

  Share(int connections) {
    this.connections = new Semaphore(Math.max(1, connections), true);
  }

  /** Waits for one of them; false when it did not get one in time. */
  boolean take(Duration atMost) {
    try {
      return connections.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void giveBack() {
    connections.release();
  }
}
