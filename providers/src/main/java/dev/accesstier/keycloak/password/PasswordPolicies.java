// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import dev.accesstier.keycloak.schema.SessionUsers;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.models.PasswordPolicy;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.policy.PasswordPolicyManagerProvider;
import org.keycloak.policy.PolicyError;
import org.keycloak.storage.StorageId;

/**
 * The realm's password policies, which Keycloak leaves to whoever stores the password. Neither the
 * schema nor Keycloak keeps the passwords a user had before, so of those that must not be used
 * again only the present one is known.
 */
final class PasswordPolicies {

  /** Keycloak's own message for a password of the history. */
  private static final String USED_BEFORE = "invalidPasswordHistoryMessage";

  private final KeycloakSession session;
  private final SessionUsers users;
  private final PasswordCheck passwords;

  PasswordPolicies(KeycloakSession session, SessionUsers users, PasswordCheck passwords) {
    this.session = session;
    this.users = users;
    this.passwords = passwords;
  }

  /**
   * Checks a new password.
   *
   * @throws ModelException when a policy forbids it, with the message and parameters of the policy
   */
  void require(RealmModel realm, UserModel user, String password) {
    PolicyError error =
        session.getProvider(PasswordPolicyManagerProvider.class).validate(realm, user, password);
    if (error == null) {
      error = usedNow(realm.getPasswordPolicy(), user, password);
    }
    if (error != null) {
      throw new ModelException(error.getMessage(), error.getParameters());
    }
  }

  /**
   * Asks for a new password after a login, where the policy says that the present one is too old.
   */
  void requireChangeIfExpired(RealmModel realm, UserModel user) {
    int days = realm.getPasswordPolicy().getDaysToExpirePassword();
    if (days < 0) {
      return;
    }
    Instant limit = Instant.now().minus(Duration.ofDays(days));
    if (users.passwordChangedAt(StorageId.externalId(user.getId())).isBefore(limit)) {
      user.addRequiredAction(UserModel.RequiredAction.UPDATE_PASSWORD);
    }
  }

  private @Nullable PolicyError usedNow(PasswordPolicy policy, UserModel user, String password) {
    int history = policy.getExpiredPasswords();
    if (history <= 0 && policy.getPasswordAgeInDays() <= 0) {
      return null;
    }
    return users
        .password(StorageId.externalId(user.getId()))
        .filter(stored -> passwords.isPresent(stored, password))
        .map(stored -> new PolicyError(USED_BEFORE, Math.max(history, 1)))
        .orElse(null);
  }
}
