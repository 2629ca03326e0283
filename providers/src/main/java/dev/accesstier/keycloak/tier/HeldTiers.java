// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Map;

/**
 * Tiers that are written but not yet committed. Their rows stay locked until one of the two ways to
 * end; there is no third.
 */
public interface HeldTiers {

  /**
   * What the users had before, by external id: the stored text, {@code public} where there was
   * none. A user who is not in it does not exist.
   */
  Map<String, String> before();

  /**
   * Makes the new tiers count.
   *
   * @throws jakarta.ws.rs.WebApplicationException with status 503 when they do not, and the old
   *     ones are still there
   */
  void commit();

  /** Leaves the old tiers in place. Never fails. */
  void rollback();
}
