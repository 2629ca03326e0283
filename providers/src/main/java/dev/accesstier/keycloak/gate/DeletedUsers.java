// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.tier.UserTiers;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.storage.UserStorageUtil;

/** Users whom another service has deleted, while Keycloak's user cache still has them enabled. */
final class DeletedUsers {

  private DeletedUsers() {}

  /**
   * Whether the user is one of them; if so, the cache forgets them. During an outage nobody is:
   * what is open to all goes on then, and whoever needs the tier says that it cannot be read.
   */
  static boolean include(KeycloakSession session, RealmModel realm, UserModel user) {
    try {
      if (!new UserTiers(session).isDeleted(realm, user)) {
        return false;
      }
    } catch (TemporarilyUnavailableException e) {
      return false;
    }
    UserCache cache = UserStorageUtil.userCache(session);
    if (cache != null) {
      cache.evict(realm, user);
    }
    return true;
  }
}
