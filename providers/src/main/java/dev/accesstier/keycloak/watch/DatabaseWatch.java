// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import dev.accesstier.keycloak.component.AuthDatabases;
import dev.accesstier.keycloak.component.KnownComponent;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.database.AuthDatabaseSettings;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.ChangeAids;
import dev.accesstier.keycloak.schema.UserQueries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Looks at one database over and over. A look is two statements: one for what was written lately,
 * by {@code updated_at}, and one for a lot of those who are cached here, for a deleted row is not
 * there to be found, and not every service moves {@code updated_at}.
 */
final class DatabaseWatch implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DatabaseWatch.class);

  /** Rows of one statement. */
  static final int LOT = 1000;

  /** Behind the last look: who commits late, or has a clock that is slow, wrote before it. */
  private static final Duration OVERLAP = Duration.ofSeconds(30);

  /** Reading a whole table costs more than a change is worth. */
  private static final Duration WITHOUT_INDEX = Duration.ofSeconds(60);

  private static final Duration AIDS_PERIOD = Duration.ofSeconds(60);
  private static final Duration STOPPING = Duration.ofSeconds(2);

  private final KeycloakSessionFactory factory;
  private final AuthDatabases databases;
  private final AuthDatabaseSettings settings;
  private final Pause pause;
  private final Thread thread;
  private final SeenRows seen = new SeenRows();
  private final Map<String, ComponentWatch> components = new HashMap<>();

  private volatile List<KnownComponent> wanted = List.of();
  private volatile boolean closed;
  private volatile ChangeAids aids = new ChangeAids(false, false);
  private volatile @Nullable Instant lookedAt;
  private final Instant begunAt = Instant.now();
  private Instant aidsReadAt = Instant.EPOCH;
  private Instant since = Instant.now().minus(OVERLAP);

  DatabaseWatch(
      KeycloakSessionFactory factory, AuthDatabases databases, AuthDatabaseSettings settings) {
    this.factory = factory;
    this.databases = databases;
    this.settings = settings;
    this.pause = new Pause(settings);
    this.thread = new Thread(this::run, "access-tier-changes");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Since the last look that went well, or since the start. */
  Duration age() {
    Instant last = lookedAt;
    return Duration.between(last == null ? begunAt : last, Instant.now());
  }

  void components(List<KnownComponent> now) {
    wanted = List.copyOf(now);
  }

  boolean isOf(String componentId) {
    return wanted.stream().anyMatch(component -> component.id().equals(componentId));
  }

  WatchState state() {
    return new WatchState(period(), aids.indexed(), aids.hinted(), lookedAt);
  }

  private Duration period() {
    Duration asked =
        wanted.stream()
            .map(component -> component.settings().changesPeriod())
            .min(Duration::compareTo)
            .orElse(WITHOUT_INDEX);
    return aids.indexed() || asked.compareTo(WITHOUT_INDEX) > 0 ? asked : WITHOUT_INDEX;
  }

  private void run() {
    boolean hinted = false;
    while (!closed) {
      try {
        look(hinted);
      } catch (RuntimeException e) {
        // An outage is told of by the database itself; the next look begins where this one did.
        LOG.debug("Changes by others could not be looked for", e);
      }
      hinted = pause.until(period(), aids.hinted());
    }
    pause.close();
  }

  /**
   * Handles what has changed since the last look.
   *
   * @param all whether to look at everybody who is cached, not at a lot of them
   */
  private void look(boolean all) {
    Instant begun = Instant.now();
    KeycloakModelUtils.runJobInTransaction(factory, this::lookAtWritten);
    // Apart from the former, for ending sessions tells apps, which may take their time.
    KeycloakModelUtils.runJobInTransaction(factory, session -> takeTurns(session, all));
    since = begun.minus(OVERLAP);
    seen.forgetBefore(since);
    lookedAt = begun;
  }

  private void lookAtWritten(KeycloakSession session) {
    AuthDatabase database = databases.lend(session, settings);
    readAids(database, Instant.now());
    Collection<ComponentWatch> watched = watched();
    Instant at = since;
    String id = "";
    List<AuthUser> written;
    do {
      Instant afterThen = at;
      String afterThat = id;
      written = read(database, queries -> queries.writtenAfter(afterThen, afterThat, LOT));
      List<AuthUser> news = written.stream().filter(seen::isNew).toList();
      watched.forEach(component -> component.written(session, news));
      if (!written.isEmpty()) {
        AuthUser last = written.get(written.size() - 1);
        at = last.updatedAt();
        id = last.id();
      }
    } while (written.size() == LOT && !closed);
  }

  private void takeTurns(KeycloakSession session, boolean all) {
    AuthDatabase database = databases.lend(session, settings);
    watched()
        .forEach(
            component ->
                component.turn(session, all, ids -> read(database, queries -> queries.found(ids))));
  }

  private static <T> T read(AuthDatabase database, Function<UserQueries, T> work) {
    return database.read(em -> work.apply(new UserQueries(em, database.shape())));
  }

  private Collection<ComponentWatch> watched() {
    List<KnownComponent> now = wanted;
    components.keySet().removeIf(id -> now.stream().noneMatch(one -> one.id().equals(id)));
    List<ComponentWatch> watched = new ArrayList<>();
    for (KnownComponent component : now) {
      watched.add(
          components
              .computeIfAbsent(component.id(), id -> new ComponentWatch(component))
              .with(component));
    }
    return watched;
  }

  private void readAids(AuthDatabase database, Instant now) {
    if (aidsReadAt.plus(AIDS_PERIOD).isAfter(now)) {
      return;
    }
    ChangeAids found = ChangeAids.of(database, settings.schema());
    if (!found.indexed() && (aids.indexed() || aidsReadAt.equals(Instant.EPOCH))) {
      LOG.infof(
          "%s: users has no index by updated_at, so changes by others are looked for every %s"
              + " seconds. Apply indexes.sql to look more often.",
          settings, Long.toString(period().toSeconds()));
    }
    aids = found;
    aidsReadAt = now;
  }

  @Override
  public void close() {
    closed = true;
    pause.close();
    try {
      thread.join(STOPPING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
