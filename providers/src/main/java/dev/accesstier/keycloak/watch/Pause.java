// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import dev.accesstier.keycloak.database.AuthDatabaseSettings;
import dev.accesstier.keycloak.database.ChangeHints;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The time between two looks, which a hint of the database may end. */
final class Pause implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Pause.class);

  /**
   * What comes together in that time is one hint: a look at everybody cached is not for nothing.
   */
  private static final Duration TOGETHER = Duration.ofMillis(500);

  private static final Duration CHECK_PERIOD = Duration.ofSeconds(60);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final AuthDatabaseSettings settings;
  private final Object wakeUp = new Object();
  private volatile @Nullable ChangeHints hints;
  private volatile boolean closed;
  private Instant checkedAt = Instant.EPOCH;

  Pause(AuthDatabaseSettings settings) {
    this.settings = settings;
  }

  /**
   * Waits.
   *
   * @param listening whether hints are to be had
   * @return whether there was one, or may have been one while nobody listened
   */
  boolean until(Duration period, boolean listening) {
    if (!listening) {
      drop();
      sleep(period);
      return false;
    }
    ChangeHints open = hints;
    if (open == null || !isAlive(open)) {
      drop();
      return listen(period);
    }
    try {
      boolean hinted = open.await(period);
      if (hinted) {
        sleep(TOGETHER);
      }
      return hinted;
    } catch (AuthDatabaseException e) {
      LOG.debug("No hints of changes come any more", e);
      drop();
      sleep(TOGETHER);
      return true;
    }
  }

  private boolean isAlive(ChangeHints open) {
    if (checkedAt.plus(CHECK_PERIOD).isAfter(Instant.now())) {
      return true;
    }
    checkedAt = Instant.now();
    return open.isAlive();
  }

  /** Nobody has told of what was written before, so it is looked at. */
  private boolean listen(Duration period) {
    try {
      hints = ChangeHints.open(settings);
      checkedAt = Instant.now();
    } catch (AuthDatabaseException e) {
      LOG.debug("No hints of changes are to be had", e);
      sleep(period.compareTo(RETRY) < 0 ? period : RETRY);
    }
    return true;
  }

  private void sleep(Duration time) {
    Instant end = Instant.now().plus(time);
    synchronized (wakeUp) {
      long left = time.toMillis();
      while (!closed && left > 0) {
        try {
          wakeUp.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
        left = Duration.between(Instant.now(), end).toMillis();
      }
    }
  }

  private void drop() {
    ChangeHints open = hints;
    hints = null;
    if (open != null) {
      open.close();
    }
  }

  /** Also ends a wait of another thread. */
  @Override
  public void close() {
    synchronized (wakeUp) {
      closed = true;
      wakeUp.notifyAll();
    }
    drop();
  }
}
