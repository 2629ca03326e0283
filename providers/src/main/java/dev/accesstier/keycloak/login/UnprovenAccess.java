// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.schema.AuthUsers;
import dev.accesstier.keycloak.schema.AuthUsers.WaysIn;
import java.util.List;
import java.util.stream.Stream;
import org.keycloak.credential.CredentialModel;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.models.credential.PasswordCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.UserStorageUtil;

/**
 * What whoever signed up with an address may have left before its owner proved it: passwords, links
 * to other providers, passkeys and sessions, in the schema and at Keycloak. It may have been
 * somebody else, and each of them is a way in. Better Auth since 1.7 leaves the passkeys; this does
 * not.
 */
final class UnprovenAccess {

  private final KeycloakSession session;
  private final RealmModel realm;

  UnprovenAccess(KeycloakSession session, RealmModel realm) {
    this.session = session;
    this.realm = realm;
  }

  /**
   * Takes all of it, and tells of each way in by an event with {@code
   * reason=first_proof_of_address}.
   *
   * @throws AuthDatabaseException when the schema cannot be written
   */
  void end(AuthComponent component, UserModel user, EventBuilder login) {
    EventBuilder event = login.clone().user(user).detail(Details.REASON, "first_proof_of_address");
    String userId = StorageId.externalId(user.getId());
    WaysIn gone = new AuthUsers(component.database()).deleteWaysIn(userId);
    if (gone.password()) {
      credential(event, PasswordCredentialModel.TYPE);
    }
    gone.providers().forEach(provider -> link(event, provider));
    for (int i = 0; i < gone.passkeys(); i++) {
      credential(event, WebAuthnCredentialModel.TYPE_PASSWORDLESS);
    }
    UserCache cache = UserStorageUtil.userCache(session);
    if (cache != null) {
      cache.evict(realm, user);
    }
    endWhatKeycloakKeeps(user, event);
    new EndedSessions(session).all(component, userId);
  }

  /** Set up while the schema was read-only, or with a provider that is Keycloak's alone. */
  private void endWhatKeycloakKeeps(UserModel user, EventBuilder event) {
    for (FederatedIdentityModel link :
        session.users().getFederatedIdentitiesStream(realm, user).toList()) {
      session.users().removeFederatedIdentity(realm, user, link.getIdentityProvider());
      link(event, link.getIdentityProvider());
    }
    for (CredentialModel kept : user.credentialManager().getStoredCredentialsStream().toList()) {
      user.credentialManager().removeStoredCredentialById(kept.getId());
      credential(event, kept.getType());
    }
    List<UserSessionModel> sessions =
        Stream.concat(
                session.sessions().getUserSessionsStream(realm, user),
                session.sessions().getOfflineUserSessionsStream(realm, user))
            .toList();
    sessions.forEach(one -> AuthenticationManager.backchannelLogout(session, one, true));
  }

  private static void credential(EventBuilder event, String type) {
    event
        .clone()
        .event(EventType.REMOVE_CREDENTIAL)
        .detail(Details.CREDENTIAL_TYPE, type)
        .success();
  }

  private static void link(EventBuilder event, String provider) {
    event
        .clone()
        .event(EventType.REMOVE_FEDERATED_IDENTITY)
        .detail(Details.IDENTITY_PROVIDER, provider)
        .success();
  }
}
