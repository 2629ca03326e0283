// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.credential.UnreadableSecretException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The secret of an app, as the service's option {@code storeClientSecret} has it stored: plain,
 * {@code hashed} or {@code encrypted}.
 */
sealed interface OldSecret {

  /** The length of a SHA-256 in base64url without padding, which a plain secret hardly has. */
  Pattern HASHED = Pattern.compile("[A-Za-z0-9_-]{43}");

  /**
   * Better Auth's {@code symmetricEncrypt}: hex of nonce, ciphertext and tag, 40 bytes at least.
   */
  Pattern ENCRYPTED = Pattern.compile("(?:\\$ba\\$\\d{1,9}\\$)?(?:[0-9a-f]{2}){41,}");

  /** Keycloak's column. */
  int LONGEST = 255;

  /** As the app sends it. */
  record Plain(String value) implements OldSecret {
    /** Leaves the secret out. */
    @Override
    public String toString() {
      return "Plain";
    }
  }

  /** {@code base64url(sha256(secret))}. */
  record Hashed(String value) implements OldSecret {}

  /**
   * Tells the three apart by their form.
   *
   * @throws UnusableApplicationException when it cannot be decrypted
   */
  static OldSecret of(String stored, SecretCipher cipher) throws UnusableApplicationException {
    if (HASHED.matcher(stored).matches()) {
      return new Hashed(stored);
    }
    String plain = stored;
    if (ENCRYPTED.matcher(stored).matches()) {
      try {
        plain = cipher.decrypt(stored);
      } catch (UnreadableSecretException e) {
        throw new UnusableApplicationException("has a secret that " + e.getMessage());
      }
    }
    // Keycloak would look up what has this form in its vault.
    if (plain.isBlank() || plain.length() > LONGEST || plain.startsWith("${")) {
      throw new UnusableApplicationException("has a secret that Keycloak cannot take");
    }
    return new Plain(plain);
  }

  /** As {@link Hashed} has it. */
  static String hash(String plain) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(plain.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
