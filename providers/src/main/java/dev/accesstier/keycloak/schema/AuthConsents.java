// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthConflictException;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code oauth_consents}: what users have allowed apps.
 *
 * <p>Every method throws {@link AuthDatabaseException} when the database cannot be used, and finds
 * nothing where the table is missing or may not be read.
 */
public final class AuthConsents {

  private static final String TABLE = "oauth_consents";

  /** Every sign-in is for it; Keycloak has no client scope of that name. */
  private static final String OPENID = "openid";

  private static final String GIVEN = "consent_given";

  private static final Set<String> NEEDED =
      Set.of("id", "user_id", "client_id", "scopes", "created_at", "updated_at");

  private static final String OF_USER =
      """
      select c.client_id, cast(c.scopes as text), c.created_at, c.updated_at
        from {h-schema}oauth_consents c where c.user_id = :user %s
       order by c.updated_at desc, c.id
      """;

  private static final String LOCK =
      """
      select c.id, cast(c.scopes as text) from {h-schema}oauth_consents c
       where c.user_id = :user and c.client_id = :client
       order by c.updated_at desc, c.id for update
      """;

  private static final String INSERT =
      """
      insert into {h-schema}oauth_consents
             (id, user_id, client_id, scopes, created_at, updated_at%s)
      select :id, u.id, :client, :scopes, now(), now()%s
        from {h-schema}users u where u.id = :user
      """;

  private static final String UPDATE =
      "update {h-schema}oauth_consents set scopes = :scopes, updated_at = now()%s where id = :id";

  private static final String OTHERS =
      """
      delete from {h-schema}oauth_consents
       where user_id = :user and client_id = :client and id <> :id
      """;

  private static final String DELETE =
      "delete from {h-schema}oauth_consents where user_id = :user and client_id = :client";

  private final AuthDatabase database;

  public AuthConsents(AuthDatabase database) {
    this.database = database;
  }

  /**
   * One consent; a user may have several of one app, which count together.
   *
   * @param scopes their names
   */
  public record Row(String clientId, Set<String> scopes, Instant created, Instant updated) {}

  /** A user's consents, the newest first. Without a column that says so, each row is one. */
  public List<Row> of(String userId) {
    return database.read(
        entityManager -> {
          Map<String, String> there = TableColumns.readable(entityManager, TABLE);
          if (!there.keySet().containsAll(NEEDED)) {
            return List.of();
          }
          Stream<?> rows =
              entityManager
                  .createNativeQuery(
                      OF_USER.formatted(there.containsKey(GIVEN) ? "and c.consent_given" : ""))
                  .setParameter("user", userId)
                  .getResultStream();
          return rows.map(Object[].class::cast)
              .map(
                  row ->
                      new Row(
                          String.valueOf(row[0]),
                          words(String.valueOf(row[1])),
                          (Instant) row[2],
                          (Instant) row[3]))
              .toList();
        });
  }

  /**
   * Stores a consent in one row. Scopes of the rows before that are not Keycloak's stay.
   *
   * @param scopes those that are given now
   * @param keycloaks whether Keycloak knows a scope, so that its absence means something
   * @return false where the table cannot take it
   */
  public boolean put(
      String userId, String clientId, Collection<String> scopes, Predicate<String> keycloaks) {
    try {
      return database.write(
          entityManager -> put(entityManager, userId, clientId, scopes, keycloaks));
    } catch (AuthConflictException e) {
      // Some schemas have a foreign key to the apps of the service, and this is not one of them.
      return false;
    }
  }

  private static boolean put(
      EntityManager entityManager,
      String userId,
      String clientId,
      Collection<String> scopes,
      Predicate<String> keycloaks) {
    Map<String, String> there = TableColumns.insertable(entityManager, TABLE);
    if (!there.keySet().containsAll(NEEDED)) {
      return false;
    }
    boolean flagged = there.containsKey(GIVEN);
    Stream<?> locked =
        entityManager
            .createNativeQuery(LOCK)
            .setParameter("user", userId)
            .setParameter("client", clientId)
            .getResultStream();
    List<Object[]> before = locked.map(Object[].class::cast).toList();
    Set<String> all = new LinkedHashSet<>(Set.of(OPENID));
    all.addAll(scopes);
    before.stream()
        .flatMap(row -> words(String.valueOf(row[1])).stream())
        .filter(keycloaks.negate())
        .forEach(all::add);
    Query write;
    if (before.isEmpty()) {
      write =
          entityManager
              .createNativeQuery(
                  INSERT.formatted(flagged ? ", consent_given" : "", flagged ? ", true" : ""))
              .setParameter("id", AuthIds.random())
              .setParameter("user", userId)
              .setParameter("client", clientId);
    } else {
      Object id = before.get(0)[0];
      entityManager
          .createNativeQuery(OTHERS)
          .setParameter("user", userId)
          .setParameter("client", clientId)
          .setParameter("id", id)
          .executeUpdate();
      write =
          entityManager
              .createNativeQuery(UPDATE.formatted(flagged ? ", consent_given = true" : ""))
              .setParameter("id", id);
    }
    return write.setParameter("scopes", String.join(" ", all)).executeUpdate() > 0;
  }

  /** Removes a user's consents for an app. */
  public void remove(String userId, String clientId) {
    int unused =
        database.write(
            entityManager ->
                entityManager
                    .createNativeQuery(DELETE)
                    .setParameter("user", userId)
                    .setParameter("client", clientId)
                    .executeUpdate());
  }

  /** Separated by spaces as Better Auth writes them; newer versions have an array. */
  private static Set<String> words(@Nullable String scopes) {
    Set<String> words = new LinkedHashSet<>();
    if (scopes != null) {
      Arrays.stream(scopes.split("[\\s,{}\\[\\]\"]+", -1))
          .filter(word -> !word.isEmpty())
          .forEach(words::add);
    }
    return words;
  }
}
