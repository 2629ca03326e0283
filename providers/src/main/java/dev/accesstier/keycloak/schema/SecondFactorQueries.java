// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Query;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The statements on second factors. */
public final class SecondFactorQueries {

  /** Those that count. */
  private static final String SECRETS =
      """
      select t.secret from AuthTwoFactor t join AuthUser u on u.id = t.userId
       where u.twoFactorEnabled = true
      """;

  /** In SQL: newer versions of Better Auth have columns that the mapping does not. */
  private static final String INSERT = "insert into {h-schema}two_factor_auth (%s) values (:%s)";

  private static final String NEWEST_BACKUP_CODES =
      "select t.backupCodes from AuthTwoFactor t where t.backupCodes is not null order by t.createdAt desc";

  private static final String SET_BACKUP_CODES =
      "update AuthTwoFactor t set t.backupCodes = :codes where t.userId = :id";
  private static final String DELETE = "delete from AuthTwoFactor t where t.userId = :id";
  private static final String FLAG =
      "update AuthUser u set u.twoFactorEnabled = :enabled, u.updatedAt = :now where u.id = :id";

  private SecondFactorQueries() {}

  /** The encrypted secrets of some users. */
  public static List<String> secrets(EntityManager entityManager, int max) {
    return entityManager.createQuery(SECRETS, String.class).setMaxResults(max).getResultList();
  }

  /** Of the row that was made last; none where there is no row. */
  public static Optional<String> newestBackupCodes(EntityManager entityManager) {
    return entityManager
        .createQuery(NEWEST_BACKUP_CODES, String.class)
        .setMaxResults(1)
        .getResultStream()
        .findFirst();
  }

  /** The row, which nobody else can change until the transaction ends. */
  public static Optional<AuthTwoFactor> lock(EntityManager entityManager, String id) {
    return Optional.ofNullable(
        entityManager.find(AuthTwoFactor.class, id, LockModeType.PESSIMISTIC_WRITE));
  }

  public static void setBackupCodes(EntityManager entityManager, String id, String codes) {
    entityManager
        .createQuery(SET_BACKUP_CODES)
        .setParameter("codes", codes)
        .setParameter("id", id)
        .executeUpdate();
  }

  /**
   * In place of the factor that the user has, if any. The row is a new one: what Better Auth keeps
   * about the old factor, such as that nobody confirmed it, does not hold for this one.
   */
  public static void put(EntityManager entityManager, String id, String secret, String codes) {
    entityManager.createQuery(DELETE).setParameter("id", id).executeUpdate();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("user_id", id);
    row.put("secret", secret);
    row.put("backup_codes", codes);
    row.put("created_at", Instant.now());
    Map<String, String> there = TableColumns.insertable(entityManager, "two_factor_auth");
    if (there.containsKey("verified")) {
      row.put("verified", true);
    }
    if (there.containsKey("failed_verification_count")) {
      row.put("failed_verification_count", 0);
    }
    if ("text".equals(there.get("id"))) {
      row.put("id", AuthIds.random());
    }
    Query insert =
        entityManager.createNativeQuery(
            INSERT.formatted(String.join(", ", row.keySet()), String.join(", :", row.keySet())));
    row.forEach(insert::setParameter);
    insert.executeUpdate();
    flag(entityManager, id, true);
  }

  public static void delete(EntityManager entityManager, String id) {
    entityManager.createQuery(DELETE).setParameter("id", id).executeUpdate();
    flag(entityManager, id, false);
  }

  private static void flag(EntityManager entityManager, String id, boolean enabled) {
    entityManager
        .createQuery(FLAG)
        .setParameter("enabled", enabled)
        .setParameter("now", Instant.now())
        .setParameter("id", id)
        .executeUpdate();
  }
}
