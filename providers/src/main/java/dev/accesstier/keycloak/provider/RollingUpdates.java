// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.provider;

import java.util.Map;
import org.keycloak.compatibility.CompatibilityMetadataProvider;

/**
 * What {@code kc.sh update-compatibility} asks of this JAR. Two versions may run side by side in a
 * cluster, an update rolling from node to node, while this number is the same in both. A server
 * without the JAR has none, so adding or removing it calls for all nodes to stop first.
 */
public final class RollingUpdates implements CompatibilityMetadataProvider {

  /**
   * To be raised with a change that a node of the version before cannot live with: to what the
   * nodes keep in shared caches, to what a token or cookie of ours says, or to our table in
   * Keycloak's database other than by adding to it.
   */
  private static final String SHARED_STATE = "2";

  @Override
  public String getId() {
    return "access-tier";
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of("shared-state", SHARED_STATE);
  }
}
