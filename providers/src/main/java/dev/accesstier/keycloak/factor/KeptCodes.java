// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

import dev.accesstier.keycloak.credential.BackupCodes;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.credential.UnreadableSecretException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Backup codes as a row keeps them.
 *
 * @param plain whether as JSON that is not encrypted, which is {@code storeBackupCodes: "plain"} of
 *     Better Auth's plugin for second factors
 */
record KeptCodes(BackupCodes codes, boolean plain) {

  /**
   * Reads the column.
   *
   * @throws UnreadableSecretException when it holds no codes
   */
  static KeptCodes read(@Nullable String stored, SecretCipher cipher) {
    return stored != null && isPlain(stored)
        ? new KeptCodes(BackupCodes.parse(stored), true)
        : new KeptCodes(BackupCodes.parse(cipher.decrypt(stored)), false);
  }

  /** What is encrypted is hexadecimal, or begins with a version. */
  static boolean isPlain(String stored) {
    return stored.startsWith("[");
  }

  /** Those that are left when this one is used; empty when it is none of them. */
  Optional<KeptCodes> without(String code) {
    return codes.without(code).map(left -> new KeptCodes(left, plain));
  }

  /** The column. */
  String stored(SecretCipher cipher) {
    return plain ? codes.json() : cipher.encrypt(codes.json());
  }
}
