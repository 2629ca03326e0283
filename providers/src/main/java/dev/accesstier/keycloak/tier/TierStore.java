// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Map;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;

/**
 * Where the tiers of federated users are kept. A user storage provider factory that implements it
 * is asked for its users' tiers; every other user's tier is the user attribute.
 */
public interface TierStore {

  /**
   * Reads what decides about the user, at most once per session and user.
   *
   * @param component the storage component the user belongs to
   * @param externalId the user's id within that component
   * @return {@link FreshUser#GONE} where there is no such user
   * @throws TemporarilyUnavailableException when the store cannot be read
   */
  FreshUser read(KeycloakSession session, ComponentModel component, String externalId);

  /** Whether the component lets Keycloak change tiers. */
  boolean isTierEditable(KeycloakSession session, ComponentModel component);

  /**
   * Locks the users' rows and writes the tiers that differ.
   *
   * @param tiers what the users shall have, by external id
   * @param author who asks, where the store keeps a record of its own
   * @throws TemporarilyUnavailableException when the store cannot be written; nothing was
   */
  HeldTiers writeTiers(
      KeycloakSession session,
      ComponentModel component,
      Map<String, AccessTier> tiers,
      ChangeAuthor author);
}
