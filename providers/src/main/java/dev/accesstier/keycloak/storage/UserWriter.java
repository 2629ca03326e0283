// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.database.AuthConflictException;
import dev.accesstier.keycloak.schema.AuthIds;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.schema.UserColumn;
import dev.accesstier.keycloak.schema.UserWrites;
import jakarta.persistence.EntityManager;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelDuplicateException;
import org.keycloak.models.ModelException;

/**
 * Writes to rows of {@code users}, each in a short transaction of its own. What was written stays
 * when Keycloak's request fails afterwards; a new user alone is taken back.
 */
final class UserWriter {

  private static final Logger LOG = Logger.getLogger(UserWriter.class);

  private final KeycloakSession session;
  private final SessionUsers users;

  UserWriter(KeycloakSession session, SessionUsers users) {
    this.session = session;
    this.users = users;
  }

  /**
   * Sets one column.
   *
   * @throws ModelDuplicateException when another user has that email
   * @throws ModelException when the row is gone, or no row can hold the value
   */
  void set(String id, UserColumn column, @Nullable Object value) {
    requireStorable(value);
    requireThere(write(id, em -> UserWrites.set(em, id, column, value)));
  }

  /** Sets the language in the settings, or takes it out; likewise. */
  void setLocale(String id, @Nullable String locale) {
    requireStorable(locale);
    requireThere(write(id, em -> UserWrites.setLocale(em, id, locale)));
  }

  /** Sets the email, and that nobody has proven yet to read that mailbox; likewise. */
  void setUnverifiedEmail(String id, String email) {
    requireStorable(email);
    requireThere(
        write(
            id,
            em ->
                UserWrites.set(em, id, UserColumn.EMAIL, email)
                    && UserWrites.set(em, id, UserColumn.EMAIL_VERIFIED, false)));
  }

  private static void requireStorable(@Nullable Object value) {
    if (value instanceof String text && !SessionUsers.storable(text)) {
      throw new ModelException("A character that cannot be stored");
    }
  }

  private static void requireThere(boolean written) {
    if (!written) {
      throw new ModelException("The user is no longer in the auth schema");
    }
  }

  /** Soft-deletes a user, or brings one back. */
  void setDeleted(String id, boolean deleted) {
    write(id, em -> UserWrites.setDeleted(em, id, deleted));
  }

  /**
   * Ends the ban of a user.
   *
   * @throws ModelException when this database user may not
   */
  void liftBan(String id) {
    if (!users.read(UserWrites::mayLiftBans)) {
      LOG.errorf(
          "The database user may not end the ban of user %s: grant it update (banned, ban_reason, ban_expires) on users",
          id);
      throw new ModelException("The database user may not end a ban");
    }
    boolean unused = write(id, em -> UserWrites.liftBan(em, id));
  }

  /**
   * Adds a user who has neither name nor password yet. When Keycloak's request fails, the row is
   * deleted again; if even that fails, it remains as a user who cannot sign in before "forgot
   * password" gave them a password.
   *
   * @throws ModelDuplicateException when another user has that email
   */
  AuthUser insert(String email) {
    String id = AuthIds.random();
    AuthUser row = write(id, em -> UserWrites.insert(em, id, email));
    session
        .getTransactionManager()
        .enlistAfterCompletion(
            new AbstractKeycloakTransaction() {
              @Override
              protected void commitImpl() {}

              @Override
              protected void rollbackImpl() {
                takeBack(id);
              }
            });
    return row;
  }

  private void takeBack(String id) {
    try {
      delete(id);
    } catch (RuntimeException e) {
      LOG.errorf(
          "User %s remains in the auth schema although the request that made them failed: %s",
          id, e.getMessage());
    }
  }

  /** Runs work at the end of the request, whose failure undoes what Keycloak itself has written. */
  void beforeCommit(Runnable work) {
    session
        .getTransactionManager()
        .enlistPrepare(
            new AbstractKeycloakTransaction() {
              @Override
              protected void commitImpl() {
                work.run();
              }

              @Override
              protected void rollbackImpl() {}
            });
  }

  void delete(String id) {
    write(id, em -> UserWrites.delete(em, id));
  }

  private <T> T write(String id, Function<EntityManager, T> work) {
    try {
      return users.write(id, work);
    } catch (AuthConflictException e) {
      if (e.isDuplicate()) {
        throw new ModelDuplicateException("User exists with same username or email", e);
      }
      LOG.errorf("User %s: %s", id, e.getMessage());
      throw new ModelException("The auth schema does not take this change");
    }
  }
}
