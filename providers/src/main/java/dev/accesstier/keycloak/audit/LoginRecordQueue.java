// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import dev.accesstier.keycloak.database.AuthConflictException;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.schema.AuthSecurityEvent;
import dev.accesstier.keycloak.schema.AuthSecurityEvents;
import io.micrometer.core.instrument.Metrics;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Writes rows behind the requests' backs, one after the other. A login waits for none of them: what
 * finds the queue full or the database down is dropped, counted and logged.
 */
final class LoginRecordQueue implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(LoginRecordQueue.class);

  private static final String DROPPED = "access_tier_security_events_dropped";
  private static final int CAPACITY = 1000;
  private static final int IDLE_SECONDS = 30;
  private static final int CLOSING_SECONDS = 5;

  private final ThreadPoolExecutor worker =
      new ThreadPoolExecutor(
          1,
          1,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(CAPACITY),
          work -> {
            Thread thread = new Thread(work, "access-tier-security-events");
            thread.setDaemon(true);
            return thread;
          },
          (work, full) -> ((Row) work).drop("the queue is full"));

  LoginRecordQueue() {
    worker.allowCoreThreadTimeOut(true);
    Metrics.counter(DROPPED).increment(0);
  }

  void add(AuthDatabase database, AuthSecurityEvent row) {
    database.borrow();
    worker.execute(new Row(database, row));
  }

  /** Borrows the database, whose component may be changed or removed meanwhile. */
  private record Row(AuthDatabase database, AuthSecurityEvent event) implements Runnable {

    @Override
    public void run() {
      try {
        new AuthSecurityEvents(database).add(event);
      } catch (AuthDatabaseException | AuthConflictException e) {
        lost(String.valueOf(e.getMessage()));
      } finally {
        database.giveBack();
      }
    }

    void drop(String why) {
      lost(why);
      database.giveBack();
    }

    private static void lost(String why) {
      Metrics.counter(DROPPED).increment();
      LOG.warnf("A row of security_events is lost: %s", why);
    }
  }

  /** Writes what is waiting, for a few seconds. */
  @Override
  public void close() {
    worker.shutdown();
    try {
      if (!worker.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        worker.shutdownNow().forEach(work -> ((Row) work).drop("the server stops"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
