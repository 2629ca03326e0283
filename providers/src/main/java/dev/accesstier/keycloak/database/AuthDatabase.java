// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * The database of all components with the same settings: a pool and an {@code EntityManagerFactory}
 * of its own, outside JTA. Opening needs no connection; the first use checks the schema, and the
 * next ones go on checking until it is as needed.
 *
 * <p>Safe for use by many threads.
 */
public final class AuthDatabase implements AutoCloseable {

  /** How long a change waits for others of this node, which take a few milliseconds each. */
  private static final Duration TURN = Duration.ofSeconds(10);

  private static final String HOLD_LIMIT = "10s";
  private static final String HOLD_AT_MOST =
      "set local idle_in_transaction_session_timeout = '" + HOLD_LIMIT + "'";

  private final AuthDatabaseSettings settings;
  private final String place;
  private final CheckedPool pool;
  private final EntityManagerFactory entityManagers;

  private final Lending lending = new Lending(this::closeNow);

  /** Of searches and counts, which take as long as a table is large. */
  private final Share searches;

  /** Of held writes, which wait for rows and for another database. */
  private final Share turns;

  /**
   * Opens without connecting.
   *
   * @throws AuthDatabaseException when the server carries no PostgreSQL driver
   */
  public AuthDatabase(AuthDatabaseSettings settings, EntityManagers mapping) {
    this.settings = settings;
    this.place = settings.place();
    this.searches = new Share(settings.poolMaxSize() / 2);
    // Of two connections one is for logins, and these share the other.
    this.turns = settings.poolMaxSize() > 2 ? new Share(settings.poolMaxSize() / 5) : searches;
    this.pool = new CheckedPool(settings);
    this.entityManagers = mapping.open(pool.dataSource(), settings.schema());
    PoolMetrics.add(place, pool);
  }

  /**
   * Connects once and says what an admin has to correct; empty when all is well.
   *
   * @param writable whether the schema is to be written
   * @throws AuthDatabaseException when no connection can be had
   */
  public static List<String> problems(AuthDatabaseSettings settings, boolean writable) {
    return CheckedPool.problems(settings, writable);
  }

  /** Keeps it open until it is given back; its owner may close it before. */
  public void borrow() {
    lending.borrow();
  }

  public void giveBack() {
    lending.giveBack();
  }

  /**
   * Connects and checks the schema ahead of the first use.
   *
   * @throws AuthDatabaseException when the database cannot be used; it has been logged
   */
  public void connect() {
    boolean unused = run(entityManager -> true);
  }

  /**
   * Runs reading work on a connection of its own, without a transaction: every statement stands for
   * itself. What it returns is detached.
   *
   * @throws AuthDatabaseException when the database cannot be used; it has been logged
   */
  public <T> T read(Function<EntityManager, T> work) {
    return Operation.READ.timed(place, () -> run(work));
  }

  /**
   * Likewise, for what may read a whole table: it has a time limit of its own, and shares a part of
   * the connections with its like.
   *
   * @throws AuthDatabaseException when the database cannot be used; it has been logged
   */
  public <T> T search(Function<EntityManager, T> work) {
    Duration limit = settings.searchTimeout();
    return Operation.SEARCH.timed(
        place,
        () -> {
          take(searches, limit, "searches");
          try {
            return run(entityManager -> new Search(entityManager, limit).run(work));
          } finally {
            searches.giveBack();
          }
        });
  }

  /**
   * Runs writing work in one short transaction of its own, committed when this returns. Update the
   * columns that changed and nothing else: another service writes the same rows. The work may run
   * twice, the first time without effect.
   *
   * @throws AuthConflictException when a constraint of the schema forbids it; nothing was written
   * @throws AuthDatabaseException when the database cannot be used; it has been logged. Whether
   *     something was written is then unknown only if the connection broke during the commit
   */
  public <T> T write(Function<EntityManager, T> work) {
    return Operation.WRITE.timed(place, () -> run(inTransaction(work)));
  }

  private <T> Function<EntityManager, T> inTransaction(Function<EntityManager, T> work) {
    return entityManager -> {
      EntityTransaction transaction = entityManager.getTransaction();
      transaction.begin();
      try {
        T result = work.apply(entityManager);
        entityManager.flush();
        commit(transaction);
        return result;
      } finally {
        if (transaction.isActive()) {
          transaction.rollback();
        }
      }
    };
  }

  /**
   * Runs writing work and holds it back until the caller ends it. For what has to take effect
   * together with a change in another database; everything else belongs into {@link #write}. The
   * database ends it by itself when the caller does not within {@value #HOLD_LIMIT}.
   *
   * @throws AuthConflictException when a constraint of the schema forbids it; nothing was written
   * @throws AuthDatabaseException when the database cannot be used; it has been logged
   */
  public <T> HeldWrite<T> hold(Function<EntityManager, T> work) {
    return Operation.HOLD.timed(
        place,
        () -> {
          take(turns, TURN, "changes");
          try {
            return begin(work);
          } catch (RuntimeException e) {
            turns.giveBack();
            throw e;
          }
        });
  }

  /** Who waits for others, or reads a whole table, must not use up the connections of logins. */
  private void take(Share share, Duration atMost, String what) {
    if (!share.take(atMost)) {
      throw pool.failed(
          new AuthDatabaseException("Too many %s at once on %s.".formatted(what, settings)));
    }
  }

  private <T> HeldWrite<T> begin(Function<EntityManager, T> work) {
    return pool.use(
        () -> {
          EntityManager entityManager = entityManager();
          HeldWrite<T> held = new HeldWrite<>(entityManager, pool::failed, turns::giveBack);
          try {
            return held.begin(
                em -> {
                  em.createNativeQuery(HOLD_AT_MOST).executeUpdate();
                  return work.apply(em);
                });
          } catch (RuntimeException e) {
            held.undo();
            throw e;
          }
        });
  }

  /** Whether a feature's table can be read; known to the work that is run here, not before. */
  public boolean has(OptionalTable table) {
    return shape().has(table);
  }

  /** Likewise, all that it has; nothing before the first use. */
  public Shape shape() {
    return pool.shape();
  }

  private void commit(EntityTransaction transaction) {
    try {
      transaction.commit();
    } catch (PersistenceException e) {
      // Not tried again: the server may have committed before the connection broke.
      throw pool.failed(e);
    }
  }

  private <T> T run(Function<EntityManager, T> work) {
    return pool.use(
        () -> {
          try (EntityManager entityManager = entityManager()) {
            return work.apply(entityManager);
          }
        });
  }

  private EntityManager entityManager() {
    try {
      return entityManagers.createEntityManager();
    } catch (IllegalStateException e) {
      throw new AuthDatabaseException("The database is closed: the server stops.", e);
    }
  }

  /**
   * Connects once, past what earlier failures have left, and says how things are.
   *
   * @param writable whether the schema is to be written
   */
  public AuthDatabaseStatus status(boolean writable) {
    return pool.status(writable);
  }

  /** Closes the pool, once everybody has given it back. */
  @Override
  public void close() {
    lending.giveBack();
  }

  private void closeNow() {
    PoolMetrics.remove(place, pool);
    entityManagers.close();
    pool.close();
  }
}
