// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import org.hibernate.Session;

/** Reading work in a transaction, the one place where a time limit can differ from the pool's. */
record Search(EntityManager entityManager, Duration limit) {

  <T> T run(Function<EntityManager, T> work) {
    EntityTransaction transaction = entityManager.getTransaction();
    transaction.begin();
    try {
      entityManager
          .createNativeQuery("set local statement_timeout = " + limit.toMillis())
          .executeUpdate();
      return entityManager
          .unwrap(Session.class)
          .doReturningWork(connection -> patiently(connection, work));
    } finally {
      transaction.rollback();
    }
  }

  /** The driver gives up on an answer only after the server has. */
  private <T> T patiently(Connection connection, Function<EntityManager, T> work)
      throws SQLException {
    int usual = connection.getNetworkTimeout();
    setTimeout(connection, Math.toIntExact(ConnectionPool.socketTimeout(limit).toMillis()));
    try {
      return work.apply(entityManager);
    } finally {
      setTimeout(connection, usual);
    }
  }

  private static void setTimeout(Connection connection, int millis) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, millis);
  }
}
