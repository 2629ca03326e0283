// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityTransaction;
import jakarta.persistence.PersistenceException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes that wait for another database to commit. Their rows stay locked and their connection in
 * use until one of the two ways to end, so get there at once.
 *
 * @param <T> what the work that wrote gave back, never null
 */
public final class HeldWrite<T> {

  private final EntityManager entityManager;
  private final Function<PersistenceException, AuthDatabaseException> failed;
  private final Runnable ended;
  private @Nullable T result;

  /**
   * @param ended told once, at the end of a write that has begun
   */
  HeldWrite(
      EntityManager entityManager,
      Function<PersistenceException, AuthDatabaseException> failed,
      Runnable ended) {
    this.entityManager = entityManager;
    this.failed = failed;
    this.ended = ended;
  }

  HeldWrite<T> begin(Function<EntityManager, T> work) {
    entityManager.getTransaction().begin();
    result = work.apply(entityManager);
    entityManager.flush();
    return this;
  }

  public T result() {
    return Objects.requireNonNull(result);
  }

  /**
   * Makes the writes count.
   *
   * @throws AuthDatabaseException when they do not; it has been logged. Whether they do is unknown
   *     only if the connection broke during the commit
   */
  public void commit() {
    try (entityManager) {
      entityManager.getTransaction().commit();
    } catch (PersistenceException e) {
      throw failed.apply(e);
    } finally {
      ended.run();
    }
  }

  /** Undoes the writes. Does nothing after the end, and never fails. */
  public void rollback() {
    if (entityManager.isOpen()) {
      undo();
      ended.run();
    }
  }

  void undo() {
    try (entityManager) {
      EntityTransaction transaction = entityManager.getTransaction();
      if (transaction.isActive()) {
        transaction.rollback();
      }
    } catch (PersistenceException e) {
      // Logged by this; the database undoes by itself what a broken connection left.
      AuthDatabaseException unused = failed.apply(e);
    }
  }
}
