// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The opaque tokens of {@code oauth_access_tokens}, as Better Auth until 1.6 stores them: plain, an
 * access token and mostly a refresh token in one row.
 *
 * <p>Every method throws {@link AuthDatabaseException} when the database cannot be used, and finds
 * nothing where the table is missing or has other columns.
 */
public final class AuthTokens {

  private static final String TABLE = "oauth_access_tokens";

  private static final Set<String> NEEDED =
      Set.of(
          "id",
          "access_token",
          "refresh_token",
          "access_token_expires_at",
          "refresh_token_expires_at",
          "client_id",
          "user_id",
          "scopes",
          "created_at",
          "updated_at");

  private static final String FIND =
      """
      select t.id, t.client_id, t.user_id, t.scopes, t.access_token_expires_at, t.created_at
        from {h-schema}oauth_access_tokens t
       where t.%1$s = :token and t.%1$s_expires_at > now()
      """;

  private static final String USE =
      "delete from {h-schema}oauth_access_tokens where id = :id and refresh_token = :token";

  private static final String REVOKE =
      """
      delete from {h-schema}oauth_access_tokens
       where client_id = :client and (access_token = :token or refresh_token = :token)
      """;

  private static final String LEFT =
      """
      select t.client_id,
             count(*) filter (where t.refresh_token_expires_at > now()
                                and t.refresh_token is not null),
             max(t.updated_at)
        from {h-schema}oauth_access_tokens t group by t.client_id order by t.client_id
      """;

  private static final String MAY_DELETE =
      """
      select coalesce(bool_or(has_table_privilege(t.oid, 'delete')), false)
        from pg_class t join pg_namespace n on n.oid = t.relnamespace
       where n.nspname = :schema and t.relname = :table
      """;

  private final AuthDatabase database;

  public AuthTokens(AuthDatabase database) {
    this.database = database;
  }

  /**
   * A row.
   *
   * @param scopes separated by spaces
   * @param expires of the access token
   * @param created when Better Auth issued both tokens
   */
  public record Row(
      String id, String clientId, String userId, String scopes, Instant expires, Instant created) {}

  /**
   * What is left of a client's tokens.
   *
   * @param refreshTokens that have not expired
   * @param lastIssued when the newest row was written
   */
  public record Left(String clientId, long refreshTokens, Instant lastIssued) {}

  /** The row of an access token that has not expired. */
  public Optional<Row> ofAccessToken(String token) {
    return find("access_token", token);
  }

  /** The row of a refresh token that has not expired. */
  public Optional<Row> ofRefreshToken(String token) {
    return find("refresh_token", token);
  }

  private Optional<Row> find(String column, String token) {
    return database.read(
        entityManager -> {
          if (!isThere(entityManager)) {
            return Optional.empty();
          }
          Stream<?> rows =
              entityManager
                  .createNativeQuery(FIND.formatted(column))
                  .setParameter("token", token)
                  .getResultStream();
          return rows.map(Object[].class::cast).map(AuthTokens::row).findFirst();
        });
  }

  /** Takes a refresh token out of the table; whether it was still there. */
  public boolean use(Row row, String refreshToken) {
    return database.write(
        entityManager ->
            entityManager
                    .createNativeQuery(USE)
                    .setParameter("id", row.id())
                    .setParameter("token", refreshToken)
                    .executeUpdate()
                > 0);
  }

  /** Takes the row of either token out of the table, if it is that client's; whether it was. */
  public boolean revoke(String token, String clientId) {
    return database.write(
        entityManager ->
            isThere(entityManager)
                && entityManager
                        .createNativeQuery(REVOKE)
                        .setParameter("client", clientId)
                        .setParameter("token", token)
                        .executeUpdate()
                    > 0);
  }

  /** What is left, by client id. */
  public List<Left> left() {
    return database.search(
        entityManager -> {
          if (!isThere(entityManager)) {
            return List.of();
          }
          Stream<?> rows = entityManager.createNativeQuery(LEFT).getResultStream();
          return rows.map(Object[].class::cast)
              .map(row -> new Left((String) row[0], ((Number) row[1]).longValue(), instant(row[2])))
              .toList();
        });
  }

  /** What keeps the tokens from being taken, in a sentence; empty where nothing does. */
  public Optional<String> problem() {
    return database.read(
        entityManager -> {
          if (!isThere(entityManager)) {
            return Optional.of(
                "Tokens of the old service are not taken: table oauth_access_tokens is missing, has"
                    + " other columns, or the database user may not read it.");
          }
          return mayDelete(entityManager)
              ? Optional.empty()
              : Optional.of(
                  "Refresh tokens of the old service are not taken: the database user may not delete"
                      + " from oauth_access_tokens.");
        });
  }

  private static boolean mayDelete(EntityManager entityManager) {
    Query query =
        entityManager
            .createNativeQuery(MAY_DELETE)
            .setParameter("schema", AuthEntities.schemaOf(entityManager))
            .setParameter("table", TABLE);
    return Boolean.TRUE.equals(query.getSingleResult());
  }

  private static boolean isThere(EntityManager entityManager) {
    return TableColumns.readable(entityManager, TABLE).keySet().containsAll(NEEDED);
  }

  private static Row row(@Nullable Object[] cells) {
    return new Row(
        String.valueOf(cells[0]),
        String.valueOf(cells[1]),
        String.valueOf(cells[2]),
        String.valueOf(cells[3]),
        instant(cells[4]),
        instant(cells[5]));
  }

  private static Instant instant(@Nullable Object cell) {
    return cell instanceof Instant instant ? instant : Instant.EPOCH;
  }
}
