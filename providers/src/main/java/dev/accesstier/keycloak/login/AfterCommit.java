package dev.accesstier.keycloak.login;

import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;

/** Work that waits until Keycloak's own transaction is committed, and is dropped if it is not. */
final class AfterCommit {

  private AfterCommit() {}

  static void run(KeycloakSession session, Runnable work) {
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
