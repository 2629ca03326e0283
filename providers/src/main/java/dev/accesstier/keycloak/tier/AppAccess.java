// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Optional;
import org.keycloak.models.ClientModel;

/**
 * Whether somebody may enter an app, and if not, why: what gate, portal, lists of apps and the
 * denied page all say.
 *
 * @param required what the app asks of its users
 * @param tier what the user has
 */
public record AppAccess(ClientModel client, RequiredTier required, AccessTier tier) {

  /** As the app's attribute says now. */
  public static AppAccess of(ClientModel client, AccessTier tier) {
    return new AppAccess(client, RequiredTier.of(client), tier);
  }

  public boolean mayEnter() {
    return required.admits(tier);
  }

  /** The tier that would be enough; empty where the app is open to all or closed to everyone. */
  public Optional<AccessTier> requiredTier() {
    return required instanceof RequiredTier.AtLeast atLeast
        ? Optional.of(atLeast.tier())
        : Optional.empty();
  }
}
