// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.schema.AuthDatabase;
import dev.accesstier.keycloak.schema.AuthDatabaseSettings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The open databases of this node, one for each component that was used. */
final class AuthDatabases implements AutoCloseable {

  private final Map<String, Open> open = new ConcurrentHashMap<>();

  private record Open(AuthDatabaseSettings settings, AuthDatabase database) {}

  /**
   * The component's database. Settings that differ from those it was opened with close and reopen
   * it, so that a change made on another node of the cluster arrives here as well.
   */
  AuthDatabase of(String componentId, AuthDatabaseSettings settings) {
    Open current = open.get(componentId);
    if (current != null && current.settings().equals(settings)) {
      return current.database();
    }
    return open.compute(
            componentId,
            (id, old) -> {
              if (old != null) {
                if (old.settings().equals(settings)) {
                  return old;
                }
                old.database().close();
              }
              return new Open(settings, new AuthDatabase(settings));
            })
        .database();
  }

  void close(String componentId) {
    Open removed = open.remove(componentId);
    if (removed != null) {
      removed.database().close();
    }
  }

  @Override
  public void close() {
    open.keySet().forEach(this::close);
  }
}
