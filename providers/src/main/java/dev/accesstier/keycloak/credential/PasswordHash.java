// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

/**
 * A stored password hash. Verifying costs tens of milliseconds of CPU and, for {@link ScryptHash},
 * 32 MiB of memory, for {@link Argon2Hash} what the hash says; callers limit how many run at once.
 */
public sealed interface PasswordHash permits ScryptHash, BcryptHash, Argon2Hash {

  /**
   * Reads a hash as it is stored.
   *
   * @throws MalformedHashException when the text is no hash of a known format; its message never
   *     contains the text
   */
  static PasswordHash parse(String stored) {
    if (stored.startsWith("$argon2")) {
      return Argon2Hash.parse(stored);
    }
    return stored.startsWith("$") ? BcryptHash.parse(stored) : ScryptHash.parse(stored);
  }

  /** What it is called in metrics. */
  String algorithm();

  /** Its cost as metrics say it, with commas between several numbers. */
  String strength();

  /** Whether this is the hash of that password; the comparison takes constant time. */
  boolean matches(String password);
}
