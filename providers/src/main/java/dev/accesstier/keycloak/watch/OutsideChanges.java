// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import static java.util.stream.Collectors.groupingBy;

import dev.accesstier.keycloak.component.AuthDatabases;
import dev.accesstier.keycloak.component.KnownComponent;
import dev.accesstier.keycloak.database.AuthDatabaseSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.keycloak.models.KeycloakSessionFactory;

/** Watches the databases of all components that ask for it, each in a thread of its own. */
public final class OutsideChanges implements AutoCloseable {

  private static final String AGE = "access_tier_changes_age";

  private final AuthDatabases databases;
  private final Map<AuthDatabaseSettings, DatabaseWatch> watches = new ConcurrentHashMap<>();

  public OutsideChanges(AuthDatabases databases) {
    this.databases = databases;
    Gauge.builder(AGE, this, OutsideChanges::age)
        .description("Since changes by others were last looked for, where that is longest ago")
        .baseUnit("seconds")
        .register(Metrics.globalRegistry);
  }

  private double age() {
    return watches.values().stream().mapToDouble(watch -> watch.age().toSeconds()).max().orElse(0);
  }

  /** Begins, goes on and ends so that these are watched, as far as they ask for it. */
  public void watch(KeycloakSessionFactory factory, List<KnownComponent> components) {
    Map<AuthDatabaseSettings, List<KnownComponent>> wanted =
        components.stream()
            .filter(component -> !component.settings().changesPeriod().isZero())
            .filter(component -> component.settings().database().isPresent())
            .collect(groupingBy(component -> component.settings().database().orElseThrow()));
    Set.copyOf(watches.keySet()).stream()
        .filter(settings -> !wanted.containsKey(settings))
        .forEach(this::end);
    wanted.forEach(
        (settings, of) ->
            watches
                .computeIfAbsent(
                    settings,
                    added -> {
                      DatabaseWatch watch = new DatabaseWatch(factory, databases, added);
                      watch.start();
                      return watch;
                    })
                .components(of));
  }

  /** Of a component that is watched; empty for others. */
  public Optional<WatchState> state(String componentId) {
    return watches.values().stream()
        .filter(watch -> watch.isOf(componentId))
        .map(DatabaseWatch::state)
        .findFirst();
  }

  private void end(AuthDatabaseSettings settings) {
    DatabaseWatch watch = watches.remove(settings);
    if (watch != null) {
      watch.close();
    }
  }

  @Override
  public void close() {
    Set.copyOf(watches.keySet()).forEach(this::end);
  }
}
