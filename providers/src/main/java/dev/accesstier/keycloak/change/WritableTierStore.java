// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.HeldTiers;
import dev.accesstier.keycloak.tier.TierStore;
import java.util.Map;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;

/** A {@link TierStore} in which Keycloak may change tiers. */
public interface WritableTierStore extends TierStore {

  /** Whether the component lets Keycloak change tiers. */
  boolean isTierEditable(KeycloakSession session, ComponentModel component);

  /**
   * Locks the users' rows and writes the tiers that differ. Ends the request with status 503 when
   * the store cannot be written; nothing was.
   *
   * @param tiers what the users shall have, by external id
   * @param author who asks, where the store keeps a record of its own
   */
  HeldTiers writeTiers(
      KeycloakSession session,
      ComponentModel component,
      Map<String, AccessTier> tiers,
      ChangeAuthor author);
}
