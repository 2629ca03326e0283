// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import static org.keycloak.storage.CacheableStorageProviderModel.CACHE_POLICY;
import static org.keycloak.storage.CacheableStorageProviderModel.EVICTION_HOUR;
import static org.keycloak.storage.CacheableStorageProviderModel.EVICTION_MINUTE;
import static org.keycloak.storage.CacheableStorageProviderModel.MAX_LIFESPAN;

import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.storage.CacheableStorageProviderModel.CachePolicy;

/**
 * How long Keycloak caches a component's users. Another service writes the same rows: without an
 * end, what it wrote would never be seen.
 */
public final class CacheSettings {

  private static final Logger LOG = Logger.getLogger(CacheSettings.class);

  private static final String ONE_MINUTE = "60000";
  private static final int LEAST_MILLIS = 1000;

  private static final Set<String> ENDLESS = Set.of("", CachePolicy.DEFAULT.name());

  private CacheSettings() {}

  /**
   * Completes what is about to be saved.
   *
   * @param before null: the component is new
   * @throws ComponentValidationException when the lifespan can only be a mistake
   */
  public static void settle(@Nullable ComponentModel before, ComponentModel saved) {
    if (before == null) {
      endOfNew(saved);
    } else {
      mend(before, saved, List.of(MAX_LIFESPAN));
      mend(before, saved, List.of(EVICTION_HOUR, EVICTION_MINUTE));
    }
    if (isMaxLifespan(saved)
        && !(before != null && value(saved, MAX_LIFESPAN).equals(value(before, MAX_LIFESPAN)))) {
      requireMillis(value(saved, MAX_LIFESPAN));
    }
  }

  private static void endOfNew(ComponentModel saved) {
    if (ENDLESS.contains(value(saved, CACHE_POLICY))) {
      saved.getConfig().putSingle(CACHE_POLICY, CachePolicy.MAX_LIFESPAN.name());
      saved.getConfig().putSingle(MAX_LIFESPAN, ONE_MINUTE);
    }
  }

  /**
   * Keycloak's page for a component shows and sends only the first character of these, whatever on
   * it was changed: the switch <em>Enabled</em> alone would make 6 milliseconds of a minute.
   */
  private static void mend(ComponentModel before, ComponentModel saved, List<String> keys) {
    boolean cut =
        keys.stream().anyMatch(key -> value(before, key).length() > 1)
            && keys.stream()
                .allMatch(key -> firstCharacter(value(before, key)).equals(value(saved, key)));
    if (cut) {
      keys.stream()
          .filter(key -> value(before, key).length() > 1)
          .forEach(key -> saved.getConfig().putSingle(key, value(before, key)));
      LOG.infof(
          "Component %s keeps its %s: the console sent the first character alone",
          saved.getName(), String.join(" and ", keys));
    }
  }

  private static void requireMillis(String lifespan) {
    try {
      if (Long.parseLong(lifespan) >= LEAST_MILLIS) {
        return;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new ComponentValidationException(
        "Max lifespan is in milliseconds: give 1000 or more, such as 60000 for a minute.");
  }

  private static boolean isMaxLifespan(ComponentModel component) {
    return CachePolicy.MAX_LIFESPAN.name().equals(value(component, CACHE_POLICY));
  }

  private static String firstCharacter(String text) {
    return text.isEmpty() ? text : text.substring(0, 1);
  }

  private static String value(ComponentModel component, String key) {
    String value = component.getConfig().getFirst(key);
    return value == null ? "" : value;
  }
}
