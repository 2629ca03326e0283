// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import org.jspecify.annotations.Nullable;

/**
 * The statements that write passwords. They lock the user's row first: no constraint of the schema
 * forbids a second credential row, which two nodes would otherwise make at once.
 */
public final class PasswordWrites {

  private static final String UPDATE =
      """
      update AuthAccount a set a.password = :hash, a.updatedAt = instant
       where a.userId = :id and a.providerId = 'credential'
      """;

  private static final String UPDATE_FROM = UPDATE + " and a.password = :old";

  /** Not one that Better Auth gave a password in the meantime. */
  private static final String UPDATE_EMPTY = UPDATE + " and a.password is null";

  private static final String INSERT =
      """
      insert into AuthAccount
        (id, accountId, providerId, userId, password, createdAt, updatedAt)
      values (:account, :id, 'credential', :id, :hash, instant, instant)
      """;

  private static final String DELETE_LEGACY = "delete from AuthPassword p where p.userId = :id";

  private PasswordWrites() {}

  /**
   * Makes this the user's one password: in every credential row, and in a new one where there was
   * none. A hash of the older service goes, so that it cannot count again one day.
   *
   * @return false when there is no such user
   */
  public static boolean replace(EntityManager entityManager, String id, String hash) {
    if (!lock(entityManager, id)) {
      return false;
    }
    if (run(entityManager, UPDATE, id, hash, null) == 0) {
      insert(entityManager, id, hash);
    }
    deleteLegacy(entityManager, id);
    return true;
  }

  /**
   * Stores another hash of the same password, unless somebody has changed the password since it was
   * read.
   *
   * @return whether it was stored
   */
  public static boolean upgrade(EntityManager entityManager, StoredPassword read, String hash) {
    String id = read.user().id();
    if (read.accountHash() != null) {
      return run(entityManager, UPDATE_FROM, id, hash, read.accountHash()) > 0;
    }
    if (!lock(entityManager, id)
        || !read.sameHashes(new UserQueries(entityManager, false).password(id))) {
      return false;
    }
    if (run(entityManager, UPDATE_EMPTY, id, hash, null) == 0) {
      insert(entityManager, id, hash);
    }
    deleteLegacy(entityManager, id);
    return true;
  }

  private static boolean lock(EntityManager entityManager, String id) {
    return entityManager.find(AuthUser.class, id, LockModeType.PESSIMISTIC_WRITE) != null;
  }

  private static int run(
      EntityManager entityManager, String statement, String id, String hash, @Nullable String old) {
    var query = entityManager.createQuery(statement).setParameter("id", id);
    query.setParameter("hash", hash);
    if (old != null) {
      query.setParameter("old", old);
    }
    return query.executeUpdate();
  }

  private static void insert(EntityManager entityManager, String id, String hash) {
    entityManager
        .createQuery(INSERT)
        .setParameter("account", AuthIds.random())
        .setParameter("id", id)
        .setParameter("hash", hash)
        .executeUpdate();
  }

  private static void deleteLegacy(EntityManager entityManager, String id) {
    entityManager.createQuery(DELETE_LEGACY).setParameter("id", id).executeUpdate();
  }
}
