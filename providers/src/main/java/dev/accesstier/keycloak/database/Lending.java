// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import dev.accesstier.keycloak.outage.AuthDatabaseException;

/**
 * Closes something when its owner has closed it and everybody who borrowed it has given it back.
 */
final class Lending {

  private final Runnable close;

  /** The owner is one of them. */
  private int holders = 1;

  Lending(Runnable close) {
    this.close = close;
  }

  /**
   * Counts one more.
   *
   * @throws AuthDatabaseException when it is closed
   */
  synchronized void borrow() {
    if (holders == 0) {
      throw new AuthDatabaseException("The database is closed.");
    }
    holders++;
  }

  void giveBack() {
    if (isLast()) {
      close.run();
    }
  }

  private synchronized boolean isLast() {
    holders--;
    return holders == 0;
  }
}
