// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

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
   * @throws jakarta.ws.rs.WebApplicationException with status 503 when the store cannot be read
   */
  FreshUser read(KeycloakSession session, ComponentModel component, String externalId);
}
