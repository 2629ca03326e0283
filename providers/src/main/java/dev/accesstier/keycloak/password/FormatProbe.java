// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import dev.accesstier.keycloak.credential.PasswordFormat;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks whether the running service stores passwords in another format than Keycloak would. */
public final class FormatProbe {

  /** What was written before may be of an older service. */
  private static final Duration LATELY = Duration.ofDays(30);

  private static final String WRITTEN_LATELY =
      """
      select a.id from AuthAccount a
       where a.providerId = 'credential' and a.updatedAt > :since and a.password like :form
      """;

  private FormatProbe() {}

  /**
   * What may be wrong, in a sentence that says what to do; empty when all is well.
   *
   * @param format that of the component
   * @throws AuthDatabaseException when it cannot be read; it has been logged
   */
  public static Optional<String> problem(AuthDatabase database, PasswordFormat format) {
    return Stream.of(PasswordFormat.values())
        .filter(other -> other != format && isWrittenLately(database, other))
        .findFirst()
        .map(
            other ->
                "Passwords of the last %d days are stored as %s, and Keycloak stores %s: if the service hashes with functions of its own, set the component's option passwordFormat, or people cannot sign in there with a password that Keycloak stored."
                    .formatted(LATELY.toDays(), other, format));
  }

  private static boolean isWrittenLately(AuthDatabase database, PasswordFormat format) {
    return database.search(
        entityManager ->
            !entityManager
                .createQuery(WRITTEN_LATELY, String.class)
                .setParameter("since", Instant.now().minus(LATELY))
                .setParameter("form", format.like())
                .setMaxResults(1)
                .getResultList()
                .isEmpty());
  }
}
