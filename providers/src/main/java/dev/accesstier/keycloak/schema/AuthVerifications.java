// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** Statements on {@code verification}. */
public final class AuthVerifications {

  /** Better Auth takes the newest of several, and does not look at older ones. */
  private static final String NEWEST =
      """
      select v from AuthVerification v
       where v.identifier in :identifiers and v.expiresAt > instant
       order by v.createdAt desc
      """;

  /** By value as well: Better Auth counts the uses of a magic link in it. */
  private static final String CONSUME =
      """
      delete from AuthVerification v
       where v.id = :id and v.identifier = :identifier and v.value = :value
         and v.expiresAt > instant
      """;

  private final AuthDatabase database;

  public AuthVerifications(AuthDatabase database) {
    this.database = database;
  }

  /**
   * The row, not expired, that has one of these identifiers.
   *
   * @throws AuthDatabaseException when it cannot be read
   */
  public Optional<AuthVerification> find(Collection<String> identifiers) {
    return database.read(
        entityManager ->
            entityManager
                .createQuery(NEWEST, AuthVerification.class)
                .setParameter("identifiers", identifiers)
                .setMaxResults(1)
                .getResultStream()
                .findFirst());
  }

  /**
   * Likewise by the row's own id.
   *
   * @throws AuthDatabaseException when it cannot be read
   */
  public Optional<AuthVerification> find(String id) {
    return database
        .read(entityManager -> Optional.ofNullable(entityManager.find(AuthVerification.class, id)))
        .filter(row -> row.expiresAt().isAfter(Instant.now()));
  }

  /**
   * Deletes the row if it is still as it was read; of several who try, one succeeds.
   *
   * @throws AuthDatabaseException when it cannot be written
   */
  public boolean consume(AuthVerification row) {
    return database.write(
        entityManager ->
            entityManager
                    .createQuery(CONSUME)
                    .setParameter("id", row.id())
                    .setParameter("identifier", row.identifier())
                    .setParameter("value", row.value())
                    .executeUpdate()
                == 1);
  }
}
