package dev.accesstier.keycloak.schema;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceMetrics;
import io.micrometer.core.instrument.Metrics;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.jpa.HibernatePersistenceProvider;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One component's database: its own pool and {@code EntityManagerFactory}, outside JTA. Opening
 * needs no connection; the first use checks the schema, and the next ones go on checking until it
 * is as needed.
 *
 * <p>Safe for use by many threads.
 */
public final class AuthDatabase implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(AuthDatabase.class);
  private static final String MAPPING = "dev/accesstier/keycloak/schema/auth-schema.orm.xml";

  /** Connections that failed, schema checks that did not pass and statements that timed out. */
  private static final String FAILURES = "access_tier_database_failures";

  /** So long after a failed connection others fail at once, and do not queue up behind it. */
  private static final long FAIL_FAST_NANOS = 500_000_000L;

  /** How long a change waits for others of this node, which take a few milliseconds each. */
  private static final int TURN_SECONDS = 10;

  private static final String HOLD_LIMIT = "10s";
  private static final String HOLD_AT_MOST =
      "set local idle_in_transaction_session_timeout = '" + HOLD_LIMIT + "'";

  private final AuthDatabaseSettings settings;
  private final AgroalDataSource pool;
  private final EntityManagerFactory entityManagers;

  /** Held writes at the same time, a part of the pool. */
  private final Semaphore turns;

  private volatile boolean checked;
  private volatile Set<OptionalTable> optional = Set.of();
  private volatile @Nullable Failure lastFailure;

  private record Failure(AuthDatabaseException exception, long atNanos) {
    boolean recent() {
      return System.nanoTime() - atNanos < FAIL_FAST_NANOS;
    }
  }

  /**
   * Opens without connecting.
   *
   * @throws AuthDatabaseException when the server carries no PostgreSQL driver
   */
  public AuthDatabase(AuthDatabaseSettings settings) {
    this.settings = settings;
    this.turns = new Semaphore(Math.max(1, settings.poolMaxSize() / 5), true);
    this.pool = openPool(settings);
    this.entityManagers = entityManagers(pool, settings.schema());
  }

  /**
   * Connects once and says what an admin has to correct; empty when all is well.
   *
   * @param writable whether the schema is to be written
   * @throws AuthDatabaseException when no connection can be had
   */
  public static List<String> problems(AuthDatabaseSettings settings, boolean writable) {
    try (AgroalDataSource pool = openPool(settings);
        Connection connection = pool.getConnection()) {
      return SchemaCheck.of(connection, settings.schema()).problems(connection, writable);
    } catch (SQLException e) {
      throw new AuthDatabaseException(DatabaseErrors.explain(e, settings), e);
    }
  }

  /**
   * Runs reading work on a connection of its own, without a transaction: every statement stands for
   * itself. What it returns is detached.
   *
   * @throws AuthDatabaseException when the database cannot be used; it has been logged
   */
  public <T> T read(Function<EntityManager, T> work) {
    return run(entityManager -> work.apply(entityManager));
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
    return run(
        entityManager -> {
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
        });
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
    awaitTurn();
    try {
      return begin(work);
    } catch (RuntimeException e) {
      turns.release();
      throw e;
    }
  }

  /** Who waits for a row that somebody else holds must not use up the connections of logins. */
  private void awaitTurn() {
    try {
      if (turns.tryAcquire(TURN_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AuthDatabaseException("Too many changes at once on " + settings + ".");
  }

  private <T> HeldWrite<T> begin(Function<EntityManager, T> work) {
    return guarded(
        () -> {
          EntityManager entityManager = entityManagers.createEntityManager();
          HeldWrite<T> held = new HeldWrite<>(entityManager, this::failed, turns::release);
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
    return optional.contains(table);
  }

  private void commit(EntityTransaction transaction) {
    try {
      transaction.commit();
    } catch (PersistenceException e) {
      // Not tried again: the server may have committed before the connection broke.
      throw failed(e);
    }
  }

  private <T> T run(Function<EntityManager, T> work) {
    return guarded(
        () -> {
          try (EntityManager entityManager = entityManagers.createEntityManager()) {
            return work.apply(entityManager);
          }
        });
  }

  /** Once more on a fresh connection where the first broke. */
  private <T> T guarded(Supplier<T> attempt) {
    Failure failure = lastFailure;
    if (failure != null && failure.recent()) {
      throw failure.exception();
    }
    checkOnce();
    try {
      return attempt.get();
    } catch (PersistenceException first) {
      if (!DatabaseErrors.brokenConnection(first)) {
        throw translated(first);
      }
    }
    // The server closed this pooled connection since it was used last, and maybe the others too.
    pool.flush(AgroalDataSource.FlushMode.IDLE);
    try {
      return attempt.get();
    } catch (PersistenceException second) {
      throw translated(second);
    }
  }

  /** Connects once, past what earlier failures have left, and says how things are. */
  public AuthDatabaseStatus status() {
    boolean reachable = false;
    List<String> problems;
    try (Connection connection = pool.getConnection()) {
      reachable = true;
      problems = SchemaCheck.of(connection, settings.schema()).problems();
    } catch (SQLException e) {
      problems = List.of(DatabaseErrors.explain(e, settings));
    }
    AgroalDataSourceMetrics metrics = pool.getMetrics();
    return new AuthDatabaseStatus(
        reachable,
        problems,
        metrics.activeCount(),
        metrics.availableCount(),
        metrics.awaitingCount(),
        settings.poolMaxSize());
  }

  /** Closes the pool; statements still running fail. */
  @Override
  public void close() {
    entityManagers.close();
    pool.close();
  }

  private void checkOnce() {
    if (checked) {
      return;
    }
    synchronized (this) {
      Failure failure = lastFailure;
      if (failure != null && failure.recent()) {
        throw failure.exception();
      }
      if (checked) {
        return;
      }
      try (Connection connection = pool.getConnection()) {
        SchemaCheck check = SchemaCheck.of(connection, settings.schema());
        List<String> problems = check.problems();
        if (!problems.isEmpty()) {
          throw failed(new AuthDatabaseException(String.join(" ", problems)));
        }
        optional = usable(check);
      } catch (SQLException e) {
        throw failed(e);
      }
      checked = true;
      LOG.infof("Connected to %s", settings);
    }
  }

  private static Set<OptionalTable> usable(SchemaCheck check) {
    Set<OptionalTable> usable = EnumSet.allOf(OptionalTable.class);
    for (OptionalTable table : OptionalTable.values()) {
      List<String> problems = check.problems(table);
      if (!problems.isEmpty()) {
        usable.remove(table);
        LOG.warnf("Works without %s: %s", table.table(), String.join(" ", problems));
      }
    }
    return usable;
  }

  private RuntimeException translated(PersistenceException cause) {
    return DatabaseErrors.conflict(cause)
        .<RuntimeException>map(constraint -> new AuthConflictException(constraint, cause))
        .orElseGet(() -> failed(cause));
  }

  private AuthDatabaseException failed(Exception cause) {
    Metrics.counter(FAILURES).increment();
    AuthDatabaseException exception =
        cause instanceof AuthDatabaseException already
            ? already
            : new AuthDatabaseException(DatabaseErrors.explain(cause, settings), cause);
    LOG.errorf("The auth database cannot be used: %s", exception.getMessage());
    if (DatabaseErrors.meansUnreachable(cause)) {
      lastFailure = new Failure(exception, System.nanoTime());
    }
    return exception;
  }

  private static AgroalDataSource openPool(AuthDatabaseSettings settings) {
    try {
      return ConnectionPool.open(settings);
    } catch (NoClassDefFoundError e) {
      throw new AuthDatabaseException(
          "This server carries no PostgreSQL driver: build it with --db=postgres.", e);
    }
  }

  private static EntityManagerFactory entityManagers(AgroalDataSource pool, String schema) {
    HibernatePersistenceConfiguration configuration =
        new HibernatePersistenceConfiguration("access-tier-auth-schema");
    configuration
        .managedClass(AuthUser.class)
        .managedClass(AuthAccount.class)
        .managedClass(AuthPassword.class)
        .managedClass(AuthTwoFactor.class)
        .managedClass(AuthSession.class)
        .managedClass(AuthVerification.class)
        .managedClass(AuthPasskey.class)
        .mappingFile(MAPPING)
        .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
        .property(AvailableSettings.DIALECT, PostgreSQLDialect.class.getName())
        // No connection while opening: a server must start with its auth database down.
        .property("hibernate.boot.allow_jdbc_metadata_access", false)
        .property(AvailableSettings.DEFAULT_SCHEMA, schema)
        .property(AvailableSettings.HBM2DDL_AUTO, "none")
        // Told once, by failed(), and without the values that a database's message may quote.
        .property(AvailableSettings.LOG_JDBC_ERRORS, false)
        .property(AvailableSettings.JAKARTA_VALIDATION_MODE, "none");
    // Not configuration.createEntityManagerFactory(): Quarkus refuses Hibernate's provider there.
    return new HibernatePersistenceProvider().createEntityManagerFactory(configuration);
  }
}
