// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import org.jboss.logging.Logger;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;

/** Work that waits until Keycloak's own transaction is committed, and is dropped if it is not. */
public final class AfterCommit {

  private static final Logger LOG = Logger.getLogger(AfterCommit.class);

  private AfterCommit() {}

  /**
   * Enlists it. What it throws is logged here and goes no further: Keycloak would answer a request
   * that has succeeded with an error.
   */
  public static void run(KeycloakSession session, Runnable work) {
    session
        .getTransactionManager()
        .enlistAfterCompletion(
            new AbstractKeycloakTransaction() {
              @Override
              protected void commitImpl() {
                try {
                  work.run();
                } catch (RuntimeException e) {
                  LOG.error("Work after a request that was committed has failed", e);
                }
              }

              @Override
              protected void rollbackImpl() {
                // nothing was done
              }
            });
  }
}
