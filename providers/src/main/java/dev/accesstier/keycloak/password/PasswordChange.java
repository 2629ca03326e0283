// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import dev.accesstier.keycloak.credential.BcryptHash;
import dev.accesstier.keycloak.credential.PasswordFormat;
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

/** Writes passwords as the running service would. */
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
  public void change(
      RealmModel realm, UserModel user, @Nullable String password, PasswordFormat format) {
    if (password == null) {
      throw new ModelException("No password given");
    }
    policies.require(realm, user, password);
    String id = StorageId.externalId(user.getId());
    String hash = passwords.hash(password, format);
    if (!users.writeIfAllowed(id, em -> PasswordWrites.replace(em, id, hash))) {
      throw new ModelException("The user is no longer in the auth schema");
    }
    CredentialChange.PASSWORD_CHANGED.note(session, user.getId());
  }

  /**
   * What is due after a login with the password that is stored.
   *
   * @param upgradeTo null where hashes stay as they are
   */
  public void afterLogin(
      RealmModel realm,
      UserModel user,
      StoredPassword stored,
      String password,
      @Nullable PasswordFormat upgradeTo) {
    policies.requireChangeIfExpired(realm, user);
    if (upgradeTo != null) {
      upgrade(stored, password, upgradeTo);
    }
  }

  /**
   * Stores a correct password in the format that the running Better Auth verifies. Never fails the
   * login that brought it; what does not succeed now may at the next.
   */
  private void upgrade(StoredPassword stored, String password, PasswordFormat format) {
    String old = stored.hash();
    if (old == null || !isUpgraded(PasswordHash.parse(old), password, format)) {
      return;
    }
    try {
      String hash = passwords.hash(password, format);
      users.write(stored.user().id(), em -> PasswordWrites.upgrade(em, stored, hash));
    } catch (TemporarilyUnavailableException | AuthConflictException e) {
      LOG.warnf("The old hash of user %s stays: %s", stored.user().id(), e.getMessage());
    }
  }

  /** Argon2id comes from a service that brought it for itself, and would miss it. */
  private static boolean isUpgraded(PasswordHash old, String password, PasswordFormat format) {
    return !format.isOf(old)
        && !PasswordFormat.ARGON2ID.isOf(old)
        && !(PasswordFormat.BCRYPT.isOf(old) && BcryptHash.isTruncated(password));
  }
}
