// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the author of a change saw before. A change of anything else is refused, so that of two who
 * change the same tier at once the later one is told.
 *
 * @param values any of these; null: whatever it was
 */
public record SeenTier(@Nullable Set<String> values) {

  /** The author did not say. */
  public static final SeenTier ANY = new SeenTier(null);

  /** How a client's requirement is called where there is none. */
  public static final String NONE = "none";

  public static SeenTier of(String value) {
    return new SeenTier(Set.of(value));
  }

  /**
   * @param stored null: none
   * @throws TierMovedException when it is another one
   */
  void require(@Nullable String stored) {
    String now = stored == null ? NONE : stored;
    if (values != null && !values.contains(now)) {
      throw new TierMovedException(now);
    }
  }
}
