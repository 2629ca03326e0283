// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import dev.accesstier.keycloak.credential.BcryptHash;
import dev.accesstier.keycloak.credential.PasswordHash;
import dev.accesstier.keycloak.database.AuthConflictException;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.schema.CredentialChange;
import dev.accesstier.keycloak.schema.PasswordWrites;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.schema.StoredPassword;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;

/** Writes passwords as Better Auth would. */
public final class PasswordChange {

  private static final Logger LOG = Logger.getLogger(PasswordChange.class);

  private final KeycloakSession session;
  private final SessionUsers users;
  private final PasswordCheck passwords;
  private final PasswordPolicies policies;

  public PasswordChange(KeycloakSession session, SessionUsers users, PasswordCheck passwords) {
    this.session = session;
    this.users = users;
    this.passwords = passwords;
    this.policies = new PasswordPolicies(session, users, passwords);
  }

  /**
   * Gives the user a new password.
   *
   * @throws ModelException when a policy of the realm forbids the password, with its message
   * @throws TemporarilyUnavailableException when it cannot be stored now
   */
  public void change(RealmModel realm, UserModel user, @Nullable String password) {
    if (password == null) {
      throw new ModelException("No password given");
    }
    policies.require(realm, user, password);
    String id = StorageId.externalId(user.getId());
    String hash = passwords.scrypt(password);
    if (!users.writeIfAllowed(id, em -> PasswordWrites.replace(em, id, hash))) {
      throw new ModelException("The user is no longer in the auth schema");
    }
    CredentialChange.PASSWORD_CHANGED.note(session, user.getId());
  }

  /** What is due after a login with the password that is stored. */
  public void afterLogin(
      RealmModel realm,
      UserModel user,
      StoredPassword stored,
      String password,
      boolean upgradeBcrypt) {
    policies.requireChangeIfExpired(realm, user);
    if (upgradeBcrypt) {
      upgrade(stored, password);
    }
  }

  /**
   * Stores a correct bcrypt password as scrypt, so that the running Better Auth can verify it too.
   * Never fails the login that brought it; what does not succeed now may at the next.
   */
  private void upgrade(StoredPassword stored, String password) {
    String old = stored.hash();
    if (old == null
        || !(PasswordHash.parse(old) instanceof BcryptHash)
        || BcryptHash.isTruncated(password)) {
      return;
    }
    try {
      String hash = passwords.scrypt(password);
      users.write(stored.user().id(), em -> PasswordWrites.upgrade(em, stored, hash));
    } catch (TemporarilyUnavailableException | AuthConflictException e) {
      LOG.warnf("The bcrypt hash of user %s stays: %s", stored.user().id(), e.getMessage());
    }
  }
}
