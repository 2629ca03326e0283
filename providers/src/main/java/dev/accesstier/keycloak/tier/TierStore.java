package dev.accesstier.keycloak.tier;

import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;

/**
 * Where the tiers of federated users are kept. A user storage provider factory that implements it
 * is asked for its users' tiers; every other user's tier is the user attribute.
 */
public interface TierStore {

  /**
   * Reads the stored tier, at most once per session and user.
   *
   * @param component the storage component the user belongs to
   * @param externalId the user's id within that component
   * @return the stored text, whatever it is; null where there is none or no such user
   * @throws TemporarilyUnavailableException when the store cannot be read
   */
  @Nullable String readTier(KeycloakSession session, ComponentModel component, String externalId);
}
