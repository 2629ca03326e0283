// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.outage.UnreadableRowException;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceListener;
import io.agroal.api.AgroalDataSourceMetrics;
import io.micrometer.core.instrument.Metrics;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one database: the schema is checked before their first use, and what failed a
 * moment ago is not tried again by everyone who waits.
 *
 * <p>Safe for use by many threads.
 */
final class CheckedPool implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(CheckedPool.class);

  /** Connections that failed, schema checks that did not pass and statements that timed out. */
  private static final String FAILURES = "access_tier_database_failures";

  /** So long after a failed connection others fail at once, and do not queue up behind it. */
  private static final long FAIL_FAST_NANOS = 500_000_000L;

  /** For the first login after a quiet hour, which must not wait for a handshake. */
  private static final int KEPT_OPEN = 1;

  /** An owner migrates while Keycloak runs: what plugins add counts so long after. */
  private static final long LOOK_AGAIN_NANOS = Duration.ofSeconds(20).toNanos();

  private final AuthDatabaseSettings settings;
  private final AgroalDataSource pool;
  private volatile boolean checked;
  private volatile Shape shape = Shape.NEEDED;

  /** What was last said to be missing or of no effect. */
  private volatile List<String> unused = List.of();

  private final AtomicLong lookedAt = new AtomicLong();
  private volatile @Nullable Failure lastFailure;
  private volatile boolean reachable = true;

  private record Failure(AuthDatabaseException exception, long atNanos, AtomicBoolean told) {
    boolean recent() {
      return System.nanoTime() - atNanos < FAIL_FAST_NANOS;
    }
  }

  /** Connections are made in the background, where nobody else sees that it does not work. */
  private final class Connecting implements AgroalDataSourceListener {
    @Override
    public void onConnectionCreationFailure(SQLException e) {
      // None: whoever waited for it has gone and took it along.
      if (e.getSQLState() != null) {
        refuse(new AuthDatabaseException(DatabaseErrors.explain(e, settings), e), false);
      }
    }
  }

  /**
   * Opens without connecting.
   *
   * @throws AuthDatabaseException when the server carries no PostgreSQL driver
   */
  CheckedPool(AuthDatabaseSettings settings) {
    this.settings = settings;
    this.pool = openPool(settings, KEPT_OPEN, new Connecting());
    // A counter that is there from the start can be alerted on.
    Metrics.counter(FAILURES).increment(0);
  }

  /**
   * Connects once and says what an admin has to correct; empty when all is well.
   *
   * @param writable whether the schema is to be written
   * @throws AuthDatabaseException when no connection can be had
   */
  static List<String> problems(AuthDatabaseSettings settings, boolean writable) {
    try (AgroalDataSource pool = openPool(settings, 0, new AgroalDataSourceListener() {});
        Connection connection = pool.getConnection()) {
      return SchemaCheck.of(connection, settings.schema()).problems(connection, writable);
    } catch (SQLException e) {
      throw new AuthDatabaseException(DatabaseErrors.explain(e, settings), e);
    }
  }

  /** For whoever comes through {@link #use}. */
  DataSource dataSource() {
    return pool;
  }

  Shape shape() {
    return shape;
  }

  /**
   * Runs what uses connections, and once more: on a fresh one where the first broke, or with what
   * the schema has now where a table or column that not everybody has is gone.
   *
   * @throws AuthConflictException when a constraint of the schema forbids it
   * @throws AuthDatabaseException when the database cannot be used; it has been logged
   */
  <T> T use(Supplier<T> attempt) {
    failFast();
    checkOnce();
    lookAgain();
    Shape known = shape;
    try {
      return succeeded(attempt.get());
    } catch (PersistenceException first) {
      if (DatabaseErrors.brokenConnection(first)) {
        // The server closed this pooled connection since it was used last, maybe the others too.
        pool.flush(AgroalDataSource.FlushMode.GRACEFUL);
      } else if (!DatabaseErrors.isOfAnotherForm(first) || !isNoLonger(known)) {
        throw translated(first);
      }
    }
    try {
      return succeeded(attempt.get());
    } catch (PersistenceException second) {
      throw translated(second);
    }
  }

  private <T> T succeeded(T result) {
    reachable = true;
    return result;
  }

  /** Whether the last attempt got through to it. */
  boolean isReachable() {
    return reachable;
  }

  int maxSize() {
    return settings.poolMaxSize();
  }

  /** Connects once, past what earlier failures have left, and says how things are. */
  AuthDatabaseStatus status(boolean writable) {
    boolean reachable = false;
    List<String> problems;
    List<String> found = List.of();
    List<String> missing = List.of();
    try (Connection connection = pool.getConnection()) {
      reachable = true;
      SchemaCheck check = SchemaCheck.of(connection, settings.schema());
      problems =
          Stream.concat(
                  check.problems(connection, writable).stream(), check.unusableColumns().stream())
              .toList();
      found = check.found();
      missing = check.missing();
    } catch (SQLException e) {
      problems = List.of(DatabaseErrors.explain(e, settings));
    }
    AgroalDataSourceMetrics metrics = metrics();
    return new AuthDatabaseStatus(
        reachable,
        problems,
        found,
        missing,
        metrics.activeCount(),
        metrics.availableCount(),
        metrics.awaitingCount(),
        settings.poolMaxSize());
  }

  @Override
  public void close() {
    pool.close();
  }

  private void checkOnce() {
    if (checked) {
      return;
    }
    synchronized (this) {
      failFast();
      if (checked) {
        return;
      }
      try (Connection connection = pool.getConnection()) {
        SchemaCheck check = SchemaCheck.of(connection, settings.schema());
        List<String> problems = check.problems();
        if (!problems.isEmpty()) {
          AuthDatabaseException failure =
              failed(new AuthDatabaseException(String.join(" ", problems)));
          refuse(failure, true);
          throw failure;
        }
        look(check);
      } catch (SQLException e) {
        throw failed(e);
      }
      checked = true;
      LOG.infof("Connected to %s", settings);
    }
  }

  private void failFast() {
    Failure failure = lastFailure;
    if (failure != null && failure.recent()) {
      if (failure.told().compareAndSet(false, true)) {
        log(failure.exception());
      }
      throw failure.exception();
    }
  }

  /** Whoever comes in the next moment fails at once. */
  private void refuse(AuthDatabaseException exception, boolean told) {
    reachable = false;
    lastFailure = new Failure(exception, System.nanoTime(), new AtomicBoolean(told));
  }

  /**
   * One request each time looks, and waits for no connection. If it cannot look, its own statement
   * will say why.
   */
  private void lookAgain() {
    long last = lookedAt.get();
    if (System.nanoTime() - last < LOOK_AGAIN_NANOS
        || metrics().activeCount() >= settings.poolMaxSize()
        || !lookedAt.compareAndSet(last, System.nanoTime())) {
      return;
    }
    try (Connection connection = pool.getConnection()) {
      look(SchemaCheck.of(connection, settings.schema()));
    } catch (SQLException e) {
      LOG.debug("What the schema has beside the needed cannot be looked up", e);
    }
  }

  /** Whether the schema has another shape by now; looks, unless somebody has seen it already. */
  private boolean isNoLonger(Shape known) {
    if (shape.equals(known)) {
      lookedAt.set(System.nanoTime() - LOOK_AGAIN_NANOS);
      lookAgain();
    }
    return !shape.equals(known);
  }

  /** Says what changed. */
  private void look(SchemaCheck check) {
    List<String> now =
        Stream.concat(check.missing().stream(), check.unusableColumns().stream()).toList();
    if (!now.equals(unused)) {
      now.forEach(LOG::warn);
    }
    unused = now;
    shape = check.shape();
    lookedAt.set(System.nanoTime());
  }

  private RuntimeException translated(PersistenceException cause) {
    return DatabaseErrors.conflict(cause)
        .<RuntimeException>map(
            constraint ->
                new AuthConflictException(constraint, DatabaseErrors.isDuplicate(cause), cause))
        .orElseGet(() -> failed(cause));
  }

  /** Counts and logs what failed, once, and says it in words for an admin. */
  AuthDatabaseException failed(Exception cause) {
    Metrics.counter(FAILURES).increment();
    AuthDatabaseException exception = inWords(cause);
    log(exception);
    if (DatabaseErrors.meansUnreachable(cause)) {
      refuse(exception, true);
    } else if (metrics().activeCount() + metrics().availableCount() == 0) {
      // Nobody waited long enough for a connection: one that nobody waits for may take its time.
      pool.flush(AgroalDataSource.FlushMode.INVALID);
    }
    return exception;
  }

  private AuthDatabaseException inWords(Exception cause) {
    if (cause instanceof AuthDatabaseException already) {
      return already;
    }
    String sentence = DatabaseErrors.explain(cause, settings);
    return DatabaseErrors.concernsOneRow(cause)
        ? new UnreadableRowException(sentence, cause)
        : new AuthDatabaseException(sentence, cause);
  }

  private static void log(AuthDatabaseException exception) {
    LOG.errorf("The auth database cannot be used: %s", exception.getMessage());
  }

  AgroalDataSourceMetrics metrics() {
    return pool.getMetrics();
  }

  private static AgroalDataSource openPool(
      AuthDatabaseSettings settings, int kept, AgroalDataSourceListener listener) {
    try {
      return ConnectionPool.open(settings, kept, listener);
    } catch (NoClassDefFoundError e) {
      throw new AuthDatabaseException(
          "This server carries no PostgreSQL driver: build it with --db=postgres.", e);
    }
  }
}
