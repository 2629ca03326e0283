package dev.accesstier.keycloak.tier;

import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.UserStorageProvider;

/** Reads users' tiers. Claims, gate and REST all ask here, so that they can never disagree. */
public final class UserTiers {

  private final KeycloakSession session;

  public UserTiers(KeycloakSession session) {
    this.session = session;
  }

  /**
   * The user's tier as it is stored now: for users of a {@link TierStore} it is read from there and
   * not from Keycloak's user cache, so a tier changed by anybody is in the very next token.
   *
   * @throws TemporarilyUnavailableException when the store cannot be read
   */
  public AccessTier tierOf(RealmModel realm, UserModel user) {
    return AccessTier.ofUser(stored(realm, user));
  }

  private @Nullable String stored(RealmModel realm, UserModel user) {
    StorageId id = new StorageId(user.getId());
    ComponentModel component = id.isLocal() ? null : realm.getComponent(id.getProviderId());
    if (component != null
        && session
                .getKeycloakSessionFactory()
                .getProviderFactory(UserStorageProvider.class, component.getProviderId())
            instanceof TierStore store) {
      return store.readTier(session, component, id.getExternalId());
    }
    return user.getFirstAttribute(AccessTier.ATTRIBUTE);
  }
}
