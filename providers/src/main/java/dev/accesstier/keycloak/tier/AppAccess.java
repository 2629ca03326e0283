// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import org.keycloak.models.ClientModel;

/**
 * Whether somebody may enter an app: what the gate, and so the denied page, the portal and the
 * lists of apps all say.
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
}
