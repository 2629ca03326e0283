// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.keycloak.component.ComponentModel;

/**
 * Settings that were read a moment ago. Every request needs them several times, and a vault may
 * open a file each time; but what is changed in the vault has to arrive.
 */
public final class KnownSettings {

  private static final long KEPT_NANOS = 60_000_000_000L;

  private final Map<String, Known> byComponent = new ConcurrentHashMap<>();

  private record Known(Map<String, List<String>> config, ComponentSettings settings, long atNanos) {

    boolean isFresh() {
      return System.nanoTime() - atNanos < KEPT_NANOS;
    }
  }

  /** Those of a component that is saved. */
  public ComponentSettings of(ComponentModel component, Supplier<ComponentSettings> reading) {
    Known known = byComponent.get(component.getId());
    if (known != null && known.isFresh() && known.config().equals(component.getConfig())) {
      return known.settings();
    }
    byComponent.values().removeIf(other -> !other.isFresh());
    ComponentSettings settings = reading.get();
    byComponent.put(
        component.getId(),
        new Known(new HashMap<>(component.getConfig()), settings, System.nanoTime()));
    return settings;
  }
}
