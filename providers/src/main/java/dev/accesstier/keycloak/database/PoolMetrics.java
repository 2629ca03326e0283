// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * Gauges of the open pools, by the place of their schema. Pools of one place that differ in user or
 * limits are summed up.
 */
final class PoolMetrics {

  private static final String DATABASE = "database";

  /** What is open at one place, and its meters. */
  private record Place(Set<CheckedPool> pools, List<Meter.Id> meters) {}

  private static final Map<String, Place> PLACES = new HashMap<>();

  private PoolMetrics() {}

  static synchronized void add(String name, CheckedPool pool) {
    PLACES.computeIfAbsent(name, PoolMetrics::place).pools().add(pool);
  }

  static synchronized void remove(String name, CheckedPool pool) {
    Place place = PLACES.get(name);
    if (place != null && place.pools().remove(pool) && place.pools().isEmpty()) {
      PLACES.remove(name);
      place.meters().forEach(Metrics.globalRegistry::remove);
    }
  }

  private static Place place(String name) {
    Place place = new Place(ConcurrentHashMap.newKeySet(), new ArrayList<>());
    gauge(place, name, "active", "Connections in use", pool -> pool.metrics().activeCount());
    gauge(
        place, name, "idle", "Connections open and free", pool -> pool.metrics().availableCount());
    gauge(
        place,
        name,
        "waiting",
        "Threads that wait for a connection",
        pool -> pool.metrics().awaitingCount());
    gauge(place, name, "max", "Connections at most", CheckedPool::maxSize);
    place
        .meters()
        .add(
            Gauge.builder(
                    "access_tier_database_reachable",
                    place,
                    one -> one.pools().stream().allMatch(CheckedPool::isReachable) ? 1 : 0)
                .description("Whether the last attempt reached the database: 1, otherwise 0")
                .tag(DATABASE, name)
                .register(Metrics.globalRegistry)
                .getId());
    return place;
  }

  private static void gauge(
      Place place,
      String name,
      String what,
      String description,
      ToDoubleFunction<CheckedPool> value) {
    place
        .meters()
        .add(
            Gauge.builder(
                    "access_tier_database_pool_" + what,
                    place,
                    one -> one.pools().stream().mapToDouble(value).sum())
                .description(description)
                .tag(DATABASE, name)
                .register(Metrics.globalRegistry)
                .getId());
  }
}
