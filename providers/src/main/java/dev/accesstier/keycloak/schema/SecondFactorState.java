// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What Better Auth keeps about a second factor since 1.6, in columns that older schemas lack.
 *
 * @param confirmed whether a code of the authenticator app has proven that it works; Better Auth
 *     takes none of its codes before
 * @param locked whether too many wrong codes in a row have locked it for the moment
 */
public record SecondFactorState(boolean confirmed, boolean locked) {

  /** Wrong codes in a row, Better Auth's default {@code accountLockout.maxFailedAttempts}. */
  public static final int MOST_FAILURES = 10;

  /** Better Auth's default {@code accountLockout.durationSeconds}. */
  public static final Duration LOCKED_FOR = Duration.ofMinutes(15);

  private static final SecondFactorState NOTHING_KEPT = new SecondFactorState(true, false);

  private static final String TABLE = "two_factor_auth";
  private static final String VERIFIED = "verified";
  private static final String FAILURES = "failed_verification_count";
  private static final String LOCKED_UNTIL = "locked_until";

  private static final String READ =
      """
      select %s, %s from {h-schema}two_factor_auth t where t.user_id = :id
      """;

  /** A lock that has ended starts the count anew. */
  private static final String FAILED =
      """
      update {h-schema}two_factor_auth t
         set failed_verification_count = now.failures,
             locked_until = case when now.failures >= :most
                                 then now() + make_interval(secs => :seconds) end
        from (select user_id,
                     1 + case when locked_until <= now() then 0
                              else coalesce(failed_verification_count, 0) end as failures
                from {h-schema}two_factor_auth where user_id = :id for update) now
       where t.user_id = now.user_id
      """;

  private static final String SUCCEEDED =
      """
      update {h-schema}two_factor_auth set failed_verification_count = 0, locked_until = null
       where user_id = :id and (failed_verification_count <> 0 or locked_until is not null)
      """;

  /** As it is now; a schema without the columns keeps nothing. */
  public static SecondFactorState of(EntityManager entityManager, String userId) {
    Set<String> there = TableColumns.readable(entityManager, TABLE).keySet();
    if (!there.contains(VERIFIED) && !there.contains(LOCKED_UNTIL)) {
      return NOTHING_KEPT;
    }
    String read =
        READ.formatted(
            there.contains(VERIFIED) ? "coalesce(t.verified, true)" : "true",
            there.contains(LOCKED_UNTIL) ? "coalesce(t.locked_until > now(), false)" : "false");
    List<?> rows = entityManager.createNativeQuery(read).setParameter("id", userId).getResultList();
    return rows.isEmpty()
        ? NOTHING_KEPT
        : new SecondFactorState(
            (Boolean) ((Object[]) rows.get(0))[0], (Boolean) ((Object[]) rows.get(0))[1]);
  }

  /**
   * Counts a wrong code, where the schema keeps the number and this role may write it.
   *
   * @return rows that changed
   */
  public static int failed(EntityManager entityManager, String userId) {
    return isCounted(entityManager)
        ? entityManager
            .createNativeQuery(FAILED)
            .setParameter("id", userId)
            .setParameter("most", MOST_FAILURES)
            .setParameter("seconds", (double) LOCKED_FOR.toSeconds())
            .executeUpdate()
        : 0;
  }

  /**
   * Starts the count anew after a right code.
   *
   * @return rows that changed
   */
  public static int succeeded(EntityManager entityManager, String userId) {
    return isCounted(entityManager)
        ? entityManager.createNativeQuery(SUCCEEDED).setParameter("id", userId).executeUpdate()
        : 0;
  }

  private static boolean isCounted(EntityManager entityManager) {
    return TableColumns.updatable(entityManager, TABLE)
        .keySet()
        .containsAll(Set.of(FAILURES, LOCKED_UNTIL));
  }
}
