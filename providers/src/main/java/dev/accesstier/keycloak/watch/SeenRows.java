// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import dev.accesstier.keycloak.schema.AuthUser;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rows that earlier looks have handled, for looks overlap. */
final class SeenRows {

  /** Beyond it the oldest are forgotten, and handled once more, which does no harm. */
  private static final int MOST = 100_000;

  private final Map<String, Instant> writtenAt =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MOST;
        }
      };

  /** Whether this writing of the row has not been seen; now it has. */
  boolean isNew(AuthUser user) {
    return !user.updatedAt().equals(writtenAt.put(user.id(), user.updatedAt()));
  }

  void forgetBefore(Instant time) {
    writtenAt.values().removeIf(at -> at.isBefore(time));
  }
}
