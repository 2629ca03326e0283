// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import org.jspecify.annotations.Nullable;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.models.utils.UserModelDelegate;
import org.keycloak.storage.UserStorageUtil;

/**
 * Keeps what was read from the tables from outliving the request in Keycloak's user cache: Better
 * Auth writes there too, and what it removed must not sign anybody in.
 */
final class UserCaches {

  private static final FederatedIdentityModel NO_LINK = new FederatedIdentityModel("", "", "");

  private UserCaches() {}

  /** Reads a user's credentials anew, in this request and on all nodes. */
  static void forget(KeycloakSession session, RealmModel realm, @Nullable UserModel user) {
    UserCache cache = UserStorageUtil.userCache(session);
    UserModel cached = user;
    while (cached instanceof UserModelDelegate wrapper) {
      cached = wrapper.getDelegate();
    }
    if (cache != null && cached != null) {
      cache.evict(realm, cached);
    }
  }

  static void forget(KeycloakSession session, RealmModel realm, String userId) {
    if (UserStorageUtil.userCache(session) != null) {
      forget(session, realm, session.users().getUserById(realm, userId));
    }
  }

  /** Likewise consents, of which there is none for a client without an id. */
  static void forgetConsents(KeycloakSession session, RealmModel realm, String userId) {
    String once = UserCaches.class.getName() + ".consents." + userId;
    if (UserStorageUtil.userCache(session) != null && session.getAttribute(once) == null) {
      session.setAttribute(once, true);
      boolean unused = session.users().revokeConsentForClient(realm, userId, "");
    }
  }

  /** Keycloak keeps links without limit of time, and forgets them when it hears of an update. */
  static void forgetLinks(KeycloakSession session, RealmModel realm, String userId) {
    String once = UserCaches.class.getName() + '.' + userId;
    if (UserStorageUtil.userCache(session) == null || session.getAttribute(once) != null) {
      return;
    }
    session.setAttribute(once, true);
    UserModel user = session.users().getUserById(realm, userId);
    if (user != null) {
      session.users().updateFederatedIdentity(realm, user, NO_LINK);
    }
  }
}
