// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.credential.UnreadableSecretException;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.schema.SecondFactorQueries;
import java.util.List;
import java.util.Optional;

/** Tries a secret on some rows, so that a wrong one is noticed before anyone is refused. */
public final class SecondFactorProbe {

  /** More than one, since a single one may be broken by itself. */
  private static final int ROWS = 20;

  private SecondFactorProbe() {}

  /** What is wrong, in a sentence that says what to do; empty when all is well. */
  public static Optional<String> problem(AuthDatabase database, BetterAuthSecrets secrets) {
    List<String> rows =
        database.read(entityManager -> SecondFactorQueries.secrets(entityManager, ROWS));
    SecretCipher cipher = new SecretCipher(secrets);
    if (rows.isEmpty() || rows.stream().anyMatch(row -> canRead(cipher, row))) {
      return Optional.empty();
    }
    return Optional.of(
        secrets.isEmpty()
            ? "Users have a second factor, which cannot be read without the Better Auth secret:"
                + " give it, or they cannot sign in."
            : "The Better Auth secret does not decrypt the second factors in two_factor_auth:"
                + " give the one that the running service has.");
  }

  private static boolean canRead(SecretCipher cipher, String row) {
    try {
      cipher.decrypt(row);
      return true;
    } catch (UnreadableSecretException e) {
      return false;
    }
  }
}
