// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import dev.accesstier.keycloak.database.AfterCommit;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;

/** When the tables are asked, and what it means that they cannot be. */
final class Database {

  private static final Logger LOG = Logger.getLogger(Database.class);

  private Database() {}

  /**
   * Asks now.
   *
   * @throws TemporarilyUnavailableException when the database cannot be used: never "no such user"
   */
  static <T> T now(KeycloakSession session, Supplier<T> work) {
    return TemporarilyUnavailableException.unless(session, work);
  }

  /** Writes when the request has done all it had to do; a failure undoes the request. */
  static void beforeCommit(KeycloakSession session, Runnable work) {
    session
        .getTransactionManager()
        .enlistPrepare(
            new AbstractKeycloakTransaction() {
              @Override
              protected void commitImpl() {
                now(
                    session,
                    () -> {
                      work.run();
                      return true;
                    });
              }

              @Override
              protected void rollbackImpl() {}
            });
  }

  /** Notes what happened, once it has; a failure is a line in the log. */
  static void afterCommit(KeycloakSession session, Runnable work) {
    AfterCommit.run(
        session,
        () -> {
          try {
            work.run();
          } catch (AuthDatabaseException e) {
            LOG.warn("The use of a passkey could not be noted in the auth schema");
          }
        });
  }
}
