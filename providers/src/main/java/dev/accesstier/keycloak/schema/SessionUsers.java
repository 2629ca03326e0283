// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthConflictException;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.database.HeldWrite;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.outage.UnreadableRowException;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.HeldTiers;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.tracing.TracingProvider;

/**
 * What one Keycloak session, that is one request, has read of one component's users. Each row is
 * read once, whoever asks: Keycloak's cache, the login, the claim.
 *
 * <p>Every method ends the request with {@link TemporarilyUnavailableException#ending} when the
 * database cannot be used.
 */
public final class SessionUsers {

  private static final Logger LOG = Logger.getLogger(SessionUsers.class);

  private final KeycloakSession session;
  private final SessionRows<AuthPasskey> passkeys;
  private final Supplier<AuthDatabase> opening;
  private @Nullable AuthDatabase database;
  private final Map<String, Optional<AuthUser>> byId = new HashMap<>();
  private final Map<String, Optional<AuthUser>> byEmail = new HashMap<>();
  private final Map<String, Optional<StoredPassword>> passwords = new HashMap<>();
  private final Map<String, Optional<AuthTwoFactor>> secondFactors = new HashMap<>();
  private final Set<String> unreadableSecondFactors = new HashSet<>();

  public SessionUsers(KeycloakSession session, String componentId, Supplier<AuthDatabase> opening) {
    this.session = session;
    this.passkeys = SessionRows.passkeys(session, componentId);
    this.opening = opening;
  }

  public Optional<AuthUser> byId(String id) {
    if (!storable(id)) {
      return Optional.empty();
    }
    Optional<AuthUser> known = byId.get(id);
    return known != null
        ? known
        : remember(id, query(queries -> queries.byId(id)).map(this::noted));
  }

  /** Those of the ids that there are, in any order, in one statement. */
  public List<AuthUser> byIds(Collection<String> ids) {
    List<String> possible = ids.stream().filter(SessionUsers::storable).toList();
    List<AuthUser> users =
        query(queries -> queries.byIds(possible)).stream().map(this::noted).toList();
    users.forEach(user -> remember(user.id(), Optional.of(user)));
    return users;
  }

  /** Looks up by the email in lower case, as Better Auth stores it. */
  public Optional<AuthUser> byEmail(String email) {
    if (!storable(email)) {
      return Optional.empty();
    }
    String key = email.toLowerCase(Locale.ROOT);
    Optional<AuthUser> known = byEmail.get(key);
    if (known != null) {
      return known;
    }
    Optional<AuthUser> user = query(queries -> queries.byEmail(key)).map(this::noted);
    byEmail.put(key, user);
    return user.isEmpty() ? user : remember(user.get().id(), user);
  }

  /**
   * Looks up by what somebody signs in with: the email, or the name that Better Auth's username
   * plugin keeps, in lower case as there. A text with an {@code @} is an email.
   */
  public Optional<AuthUser> byName(String name) {
    if (name.contains("@") || !storable(name)) {
      return byEmail(name);
    }
    return query(queries -> queries.byName(name.toLowerCase(Locale.ROOT)))
        .map(this::noted)
        .flatMap(user -> remember(user.id(), Optional.of(user)));
  }

  /** The user together with the hashes, in one statement; empty when there is no such user. */
  public Optional<StoredPassword> password(String id) {
    Optional<StoredPassword> known = passwords.get(id);
    if (known != null) {
      return known;
    }
    Optional<StoredPassword> password = query(queries -> queries.password(id));
    passwords.put(id, password);
    password.ifPresent(found -> remember(id, Optional.of(noted(found.found()))));
    return password;
  }

  /**
   * The user's row in {@code two_factor_auth}, whether it counts or not; none where it cannot be
   * read, which the log tells then.
   */
  public Optional<AuthTwoFactor> secondFactor(String id) {
    Optional<AuthTwoFactor> known = secondFactors.get(id);
    if (known != null) {
      return known;
    }
    Optional<AuthTwoFactor> row = readSecondFactor(id);
    secondFactors.put(id, row);
    return row;
  }

  /** Whether there is none at all, be it readable or not. */
  public boolean hasNoSecondFactorRow(String id) {
    return secondFactor(id).isEmpty() && !unreadableSecondFactors.contains(id);
  }

  private Optional<AuthTwoFactor> readSecondFactor(String id) {
    return run(
        opened -> {
          try {
            return opened.read(em -> Optional.ofNullable(em.find(AuthTwoFactor.class, id)));
          } catch (UnreadableRowException e) {
            unreadableSecondFactors.add(id);
            return Optional.empty();
          }
        });
  }

  /** When the password was last changed; long ago where nothing tells. */
  public Instant passwordChangedAt(String id) {
    return query(queries -> queries.passwordChangedAt(id)).orElse(Instant.EPOCH);
  }

  /** The users that match, in a stable order. */
  public List<AuthUser> search(UserSearch search, int first, int max) {
    if (search.findsNobody()) {
      return List.of();
    }
    List<AuthUser> users =
        search(queries -> queries.search(search, first, max)).stream().map(this::noted).toList();
    users.forEach(user -> remember(user.id(), Optional.of(user)));
    return users;
  }

  public Map<AccessTier, Long> countByTier(UserSearch search) {
    return search.findsNobody() ? Map.of() : search(queries -> queries.countByTier(search));
  }

  public int count(UserSearch search) {
    return search.findsNobody() ? 0 : search(queries -> queries.count(search));
  }

  /** Reads what nobody remembers. */
  public <T> T read(Function<EntityManager, T> work) {
    return run(opened -> opened.read(work));
  }

  /**
   * Writes about one user, in a transaction of its own; whoever asks afterwards in this request
   * reads anew.
   *
   * @throws AuthConflictException when the schema forbids it
   */
  public <T> T write(String id, Function<EntityManager, T> work) {
    T result = run(opened -> opened.write(work));
    forget(id);
    return result;
  }

  /**
   * Likewise, for what no user can have done wrong.
   *
   * @throws ModelException when the schema forbids it
   */
  public <T> T writeIfAllowed(String id, Function<EntityManager, T> work) {
    try {
      return write(id, work);
    } catch (AuthConflictException e) {
      LOG.errorf("User %s: %s", id, e.getMessage());
      throw new ModelException("The auth schema does not take this change");
    }
  }

  /**
   * Writes the tiers of several users and holds that back until it is known whether Keycloak
   * commits.
   *
   * @param work gives what was there before, by id
   */
  public HeldTiers hold(Collection<String> ids, Function<EntityManager, Map<String, String>> work) {
    HeldWrite<Map<String, String>> held = holding(() -> opened().hold(work));
    return new HeldTiers() {
      @Override
      public Map<String, String> before() {
        return held.result();
      }

      @Override
      public void commit() {
        holding(
            () -> {
              held.commit();
              return ids;
            });
        ids.forEach(SessionUsers.this::forget);
      }

      @Override
      public void rollback() {
        held.rollback();
      }
    };
  }

  private void forget(String id) {
    byId.remove(id);
    passwords.remove(id);
    secondFactors.remove(id);
    byEmail.values().removeIf(user -> user.map(AuthUser::id).filter(id::equals).isPresent());
    // What was looked up in vain may be there now.
    byEmail.values().removeIf(Optional::isEmpty);
  }

  private Optional<AuthUser> remember(String id, Optional<AuthUser> user) {
    byId.put(id, user);
    user.ifPresent(found -> byEmail.put(found.email(), user));
    return user;
  }

  private AuthUser noted(UserRow found) {
    if (!found.passkeys()) {
      passkeys.none(found.user().id());
    }
    return found.user();
  }

  private <T> T query(Function<UserQueries, T> work) {
    return run(opened -> opened.read(em -> work.apply(new UserQueries(em, opened.shape()))));
  }

  private <T> T search(Function<UserQueries, T> work) {
    return run(opened -> opened.search(em -> work.apply(new UserQueries(em, opened.shape()))));
  }

  private <T> T run(Function<AuthDatabase, T> work) {
    return TemporarilyUnavailableException.endingUnless(
        session, () -> traced(() -> work.apply(opened())));
  }

  /** A span around it, where the server traces. */
  private <T> T traced(Supplier<T> work) {
    TracingProvider tracing = session.getProvider(TracingProvider.class);
    var unused = tracing.startSpan(SessionUsers.class, "run");
    try {
      return work.get();
    } catch (RuntimeException e) {
      tracing.error(e);
      throw e;
    } finally {
      tracing.endSpan();
    }
  }

  /** Whoever holds a write back has to undo it, and asks for this exception. */
  private <T> T holding(Supplier<T> work) {
    return TemporarilyUnavailableException.unless(session, () -> traced(work));
  }

  private AuthDatabase opened() {
    AuthDatabase opened = database;
    if (opened == null) {
      opened = opening.get();
      database = opened;
    }
    return opened;
  }

  /** PostgreSQL knows no text with a NUL or half a surrogate pair; no user can have it. */
  public static boolean storable(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
