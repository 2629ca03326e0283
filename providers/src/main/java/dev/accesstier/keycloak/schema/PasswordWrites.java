// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.Shape;
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

  /** In SQL: some versions of Better Auth have a column that the mapping does not. */
  private static final String INSERT =
      """
      insert into {h-schema}accounts
        (id, account_id, provider_id, user_id, password, created_at, updated_at%s)
      values (:account, :id, 'credential', :id, :hash, now(), now()%s)
      """;

  /**
   * For Better Auth since 1.7 a credential row counts only with the user's own id in it. Of several
   * rows one gets it, since it may have to be unique.
   */
  private static final String REPAIR =
      """
      update {h-schema}accounts a set account_id = a.user_id
       where a.id = (select min(one.id) from {h-schema}accounts one
                      where one.user_id = :id and one.provider_id = 'credential')
         and not exists (select from {h-schema}accounts right_one
                          where right_one.user_id = :id and right_one.provider_id = 'credential'
                            and right_one.account_id = :id)
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
    } else {
      repair(entityManager, id);
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
        || !read.sameHashes(new UserQueries(entityManager, Shape.NEEDED).password(id))) {
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
    boolean withIssuer = AccountIssuer.isKept(entityManager);
    entityManager
        .createNativeQuery(
            withIssuer
                ? INSERT.formatted(", issuer", ", '" + AccountIssuer.OF_PASSWORDS + "'")
                : INSERT.formatted("", ""))
        .setParameter("account", AuthIds.random())
        .setParameter("id", id)
        .setParameter("hash", hash)
        .executeUpdate();
  }

  private static void repair(EntityManager entityManager, String id) {
    if (TableColumns.updatable(entityManager, "accounts").containsKey("account_id")) {
      entityManager.createNativeQuery(REPAIR).setParameter("id", id).executeUpdate();
    }
  }

  private static void deleteLegacy(EntityManager entityManager, String id) {
    entityManager.createQuery(DELETE_LEGACY).setParameter("id", id).executeUpdate();
  }
}
