// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.jwks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.keycloak.crypto.KeyWrapper;
import org.keycloak.models.KeycloakSessionFactory;

/**
 * The keys of each component as this node saw them last. A thread of its own reads them anew, so
 * that no request waits for the database, and what was read stays while the database is away.
 */
final class Snapshots implements AutoCloseable {

  /** Within a minute a new row is published and a vanished one is not. */
  private static final Duration EVERY = Duration.ofSeconds(20);

  /** How long the first request of a node waits; what comes later is there at the next one. */
  private static final Duration FIRST = Duration.ofSeconds(2);

  private static final Logger LOG = Logger.getLogger(Snapshots.class);

  /**
   * What is published.
   *
   * @param complaints about rows that are left out, so that each is logged once
   */
  record Snapshot(List<KeyWrapper> keys, Set<String> complaints) {
    static final Snapshot EMPTY = new Snapshot(List.of(), Set.of());
  }

  private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor worker =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread thread = new Thread(work, "access-tier-jwks");
            thread.setDaemon(true);
            return thread;
          });

  void start(KeycloakSessionFactory factory) {
    var unused =
        worker.scheduleWithFixedDelay(
            () -> snapshots.keySet().forEach(id -> read(factory, id)),
            EVERY.toSeconds(),
            EVERY.toSeconds(),
            TimeUnit.SECONDS);
  }

  /** The keys of a component, read in the background since it was first asked for. */
  List<KeyWrapper> of(KeycloakSessionFactory factory, String realmId, String componentId) {
    String id = realmId + '/' + componentId;
    Snapshot known = snapshots.get(id);
    if (known != null) {
      return known.keys();
    }
    try {
      return worker.submit(() -> read(factory, id)).get(FIRST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
      LOG.debugf(e, "The keys of component %s are not there yet", componentId);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.of();
  }

  /** What is left out of a component's keys and why, as it was read last, in sentences. */
  Set<String> complaints(String realmId, String componentId) {
    return snapshots.getOrDefault(realmId + '/' + componentId, Snapshot.EMPTY).complaints();
  }

  /** Reads them anew at once, after what is written now was committed. */
  void forget(String realmId, String componentId) {
    snapshots.remove(realmId + '/' + componentId);
  }

  private List<KeyWrapper> read(KeycloakSessionFactory factory, String id) {
    Snapshot before = snapshots.getOrDefault(id, Snapshot.EMPTY);
    String realmId = id.substring(0, id.indexOf('/'));
    String componentId = id.substring(id.indexOf('/') + 1);
    Snapshot now = new SnapshotReading(factory, realmId, componentId).after(before);
    if (now == null) {
      snapshots.remove(id);
      return List.of();
    }
    now.complaints().stream()
        .filter(complaint -> !before.complaints().contains(complaint))
        .forEach(LOG::warn);
    snapshots.put(id, now);
    return now.keys();
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
