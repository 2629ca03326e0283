// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this server has warned of, so that a fault fills no log: each is told once, and again after
 * it has changed or was gone in between.
 */
public final class ToldWarnings {

  /** From here on all is forgotten, which at worst tells something again. */
  private static final int LIMIT = 10_000;

  private final Map<String, Object> told = new ConcurrentHashMap<>();

  /**
   * Whether that is to be told now.
   *
   * @param subject whom the warning is about, by an id
   * @param state what is the matter; the same again is no news
   */
  public boolean isNews(String subject, Object state) {
    if (state.equals(told.get(subject))) {
      return false;
    }
    if (told.size() >= LIMIT) {
      told.clear();
    }
    return !state.equals(told.put(subject, state));
  }

  /** Nothing is the matter any more. */
  public void forget(String subject) {
    told.remove(subject);
  }
}
