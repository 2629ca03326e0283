// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code matrix_user_links}: each Matrix account belongs to one user.
 *
 * <p>Every method throws {@link AuthDatabaseException} when the database cannot be used, and finds
 * nothing where the table is missing or may not be read.
 */
public final class AuthMatrixLinks {

  private static final String TABLE = "matrix_user_links";

  /** As those of the service: 21 characters of base64url. */
  private static final int ID_LENGTH = 21;

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Set<String> NEEDED =
      Set.of("id", "matrix_user_id", "user_id", "linked_at", "last_used_at", "email");

  private static final String SELECT =
      """
      select m.matrix_user_id, m.user_id, m.linked_at, m.last_used_at
        from {h-schema}matrix_user_links m
      """;

  private static final String INSERT =
      """
      insert into {h-schema}matrix_user_links (id, matrix_user_id, user_id, linked_at, email)
      select :id, :matrix, u.id, now(), u.email
        from {h-schema}users u where u.id = :user
      on conflict do nothing
      """;

  private static final String INSERT_WHERE_UNIQUE =
      """
      insert into {h-schema}matrix_user_links (id, matrix_user_id, user_id, linked_at, email)
      select :id, :matrix, u.id, now(), u.email
        from {h-schema}users u
       where u.id = :user and u.email_verified
         and not exists (
           select 1 from {h-schema}users o
            where o.id <> u.id
              and lower(split_part(o.email, '@', 1)) = lower(split_part(u.email, '@', 1)))
         and not exists (
           select 1 from {h-schema}matrix_user_links m where m.user_id = u.id)
      on conflict do nothing
      """;

  private static final String TOUCH =
      """
      update {h-schema}matrix_user_links set last_used_at = now() where matrix_user_id = :matrix
      """;

  private static final String DELETE =
      "delete from {h-schema}matrix_user_links where matrix_user_id = :matrix";

  private final AuthDatabase database;

  public AuthMatrixLinks(AuthDatabase database) {
    this.database = database;
  }

  /**
   * A link.
   *
   * @param userId of {@code auth.users}
   * @param lastUsedAt null: never
   */
  public record Link(
      String matrixUserId, String userId, Instant linkedAt, @Nullable Instant lastUsedAt) {}

  /**
   * What became of a link that was asked for.
   *
   * @param link as it is now, maybe somebody else's
   */
  public record Made(boolean isNew, Link link) {}

  /** Whether the table is there and may be read. */
  public boolean areThere() {
    return database.read(AuthMatrixLinks::isThere);
  }

  /** A user's links, the newest first. */
  public List<Link> of(String userId) {
    return database.read(
        entityManager ->
            isThere(entityManager)
                ? links(
                    entityManager, "where m.user_id = :key order by m.linked_at desc, m.id", userId)
                : List.of());
  }

  /** The link of a Matrix account. */
  public Optional<Link> find(String matrixUserId) {
    return database.read(
        entityManager ->
            SessionUsers.storable(matrixUserId) && isThere(entityManager)
                ? link(entityManager, matrixUserId)
                : Optional.empty());
  }

  /** Links an account that nobody has; empty where there is no such user any more. */
  public Optional<Made> put(String matrixUserId, String userId) {
    return database.write(
        entityManager -> {
          boolean isNew = insert(entityManager, INSERT, matrixUserId, userId);
          return link(entityManager, matrixUserId).map(link -> new Made(isNew, link));
        });
  }

  /**
   * Links an account that nobody has to a user without a link, whose verified address has a local
   * part that nobody else's has.
   */
  public void putWhereUnique(String matrixUserId, String userId) {
    database.write(
        entityManager ->
            isThere(entityManager)
                && insert(entityManager, INSERT_WHERE_UNIQUE, matrixUserId, userId));
  }

  /** Notes that the link was used now. */
  public void touch(String matrixUserId) {
    execute(TOUCH, matrixUserId);
  }

  /** Removes a link. */
  public void delete(String matrixUserId) {
    execute(DELETE, matrixUserId);
  }

  private void execute(String sql, String matrixUserId) {
    database.write(
        entityManager ->
            entityManager
                .createNativeQuery(sql)
                .setParameter("matrix", matrixUserId)
                .executeUpdate());
  }

  private static boolean insert(
      EntityManager entityManager, String sql, String matrixUserId, String userId) {
    return entityManager
            .createNativeQuery(sql)
            .setParameter("id", newId())
            .setParameter("matrix", matrixUserId)
            .setParameter("user", userId)
            .executeUpdate()
        > 0;
  }

  private static Optional<Link> link(EntityManager entityManager, String matrixUserId) {
    return links(entityManager, "where m.matrix_user_id = :key", matrixUserId).stream().findFirst();
  }

  private static List<Link> links(EntityManager entityManager, String where, String key) {
    Stream<?> rows =
        entityManager.createNativeQuery(SELECT + where).setParameter("key", key).getResultStream();
    return rows.map(Object[].class::cast)
        .map(
            row ->
                new Link(
                    String.valueOf(row[0]),
                    String.valueOf(row[1]),
                    (Instant) row[2],
                    (Instant) row[3]))
        .toList();
  }

  private static String newId() {
    byte[] bytes = new byte[ID_LENGTH];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().encodeToString(bytes).substring(0, ID_LENGTH);
  }

  private static boolean isThere(EntityManager entityManager) {
    return TableColumns.readable(entityManager, TABLE).keySet().containsAll(NEEDED);
  }
}
