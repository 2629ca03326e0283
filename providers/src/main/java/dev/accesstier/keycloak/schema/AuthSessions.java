// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import java.util.Optional;

/**
 * Statements on {@code sessions}.
 *
 * <p>Better Auth 1.4 to 1.6 looks at {@code expires_at} and ignores {@code revoked_at}: revoking
 * sets both, so that either reader is told and the row stays as a record.
 */
public final class AuthSessions {

  /** Live: neither expired nor revoked, of a user who is not deleted. */
  private static final String LIVE =
      """
      select s from AuthSession s join AuthUser u on u.id = s.userId
       where s.token = :token and s.revokedAt is null and s.expiresAt > instant
         and u.deletedAt is null
      """;

  private static final String REVOKE =
      "update AuthSession s set s.revokedAt = instant, s.expiresAt = instant"
          + " where s.revokedAt is null and s.expiresAt > instant and ";

  private static final String REVOKE_SOME =
      REVOKE
          + "s.id in (select t.id from AuthSession t"
          + " where t.revokedAt is null and t.expiresAt > instant order by t.id limit 5000)";

  private final AuthDatabase database;

  public AuthSessions(AuthDatabase database) {
    this.database = database;
  }

  /**
   * The live session of a token.
   *
   * @throws AuthDatabaseException when it cannot be read
   */
  public Optional<AuthSession> live(String token) {
    return database.read(
        entityManager ->
            entityManager
                .createQuery(LIVE, AuthSession.class)
                .setParameter("token", token)
                .getResultStream()
                .findFirst());
  }

  /**
   * Ends one session of a user; nothing happens to one that is not theirs or not live.
   *
   * @throws AuthDatabaseException when it cannot be written
   */
  public int revoke(String userId, String id) {
    return database.write(
        entityManager ->
            entityManager
                .createQuery(REVOKE + "s.userId = :user and s.id = :id")
                .setParameter("user", userId)
                .setParameter("id", id)
                .executeUpdate());
  }

  /**
   * Ends all sessions of a user.
   *
   * @return how many were live
   * @throws AuthDatabaseException when it cannot be written
   */
  public int revokeAll(String userId) {
    return database.write(entityManager -> revokeAll(entityManager, userId));
  }

  /** Likewise, as part of a transaction that changes the user. */
  public static int revokeAll(EntityManager entityManager, String userId) {
    return entityManager
        .createQuery(REVOKE + "s.userId = :user")
        .setParameter("user", userId)
        .executeUpdate();
  }

  /**
   * Ends all sessions of all users, some at a time, so that no statement takes long.
   *
   * @return how many were live
   * @throws AuthDatabaseException when it cannot be written; some may be ended then
   */
  public int revokeEveryones() {
    int all = 0;
    int some;
    do {
      some =
          database.write(entityManager -> entityManager.createQuery(REVOKE_SOME).executeUpdate());
      all += some;
    } while (some > 0);
    return all;
  }
}
