// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.credential.PasswordFormat;
import dev.accesstier.keycloak.database.AuthDatabase;
import jakarta.persistence.EntityManager;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far people have moved from Better Auth to Keycloak, in numbers about those who are not
 * deleted.
 *
 * @param passwords of each format, by how they are stored now
 * @param otherPasswords of another format, which nobody can sign in with here
 * @param secondFactors that are confirmed
 * @param liveSessions people with a session of Better Auth that has neither ended nor been ended
 * @param trustedDevices devices that Better Auth asks for no code and Keycloak does; null where the
 *     database user may not read {@code verification}
 */
public record TakeoverCounts(
    long people,
    Map<PasswordFormat, Long> passwords,
    long otherPasswords,
    long secondFactors,
    long liveSessions,
    @Nullable Long trustedDevices) {

  private static final String PEOPLE = "select count(u) from AuthUser u where u.deletedAt is null";

  private static final String SECOND_FACTORS = PEOPLE + " and u.twoFactorEnabled = true";

  private static final String PASSWORDS =
      """
      select count(a) from AuthAccount a join AuthUser u on u.id = a.userId
       where u.deletedAt is null and a.providerId = 'credential' and a.password is not null
      """;

  private static final String LIVE =
      """
      select count(distinct s.userId) from AuthSession s join AuthUser u on u.id = s.userId
       where u.deletedAt is null and s.revokedAt is null and s.expiresAt > instant
      """;

  private static final String TRUSTED =
      """
      select count(v) from AuthVerification v
       where v.identifier like 'trust-device-%' and v.expiresAt > instant
      """;

  /**
   * Reads them; it takes as long as reading the tables does.
   *
   * @throws dev.accesstier.keycloak.outage.AuthDatabaseException when they cannot be read
   */
  public static TakeoverCounts of(AuthDatabase database) {
    return database.search(
        entityManager -> {
          Map<PasswordFormat, Long> passwords = new EnumMap<>(PasswordFormat.class);
          for (PasswordFormat format : PasswordFormat.values()) {
            passwords.put(
                format,
                entityManager
                    .createQuery(PASSWORDS + " and a.password like :form", Long.class)
                    .setParameter("form", format.like())
                    .getSingleResult());
          }
          long known = passwords.values().stream().mapToLong(Long::longValue).sum();
          return new TakeoverCounts(
              count(entityManager, PEOPLE),
              passwords,
              Math.max(0, count(entityManager, PASSWORDS) - known),
              count(entityManager, SECOND_FACTORS),
              count(entityManager, LIVE),
              mayReadVerification(entityManager) ? count(entityManager, TRUSTED) : null);
        });
  }

  private static boolean mayReadVerification(EntityManager entityManager) {
    return TableColumns.readable(entityManager, "verification")
        .keySet()
        .containsAll(Set.of("identifier", "expires_at"));
  }

  private static long count(EntityManager entityManager, String jpql) {
    return entityManager.createQuery(jpql, Long.class).getSingleResult();
  }
}
