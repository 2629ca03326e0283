// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;

/** Work that waits until Keycloak's own transaction is committed, and is dropped if it is not. */
public final class AfterCommit {

  private AfterCommit() {}

  /** Enlists it; what it throws is logged by Keycloak and undoes nothing. */
  public static void run(KeycloakSession session, Runnable work) {
    session
        .getTransactionManager()
        .enlistAfterCompletion(
            new AbstractKeycloakTransaction() {
              @Override
              protected void commitImpl() {
                work.run();
              }

              @Override
              protected void rollbackImpl() {
                // nothing was done
              }
            });
  }
}
