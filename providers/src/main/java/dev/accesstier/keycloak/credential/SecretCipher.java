// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Better Auth's {@code symmetricEncrypt}, as 1.4 to 1.6 have it: XChaCha20-Poly1305 under the
 * SHA-256 of the secret, stored as lower-case hex of nonce, ciphertext and tag, with {@code
 * $ba$<version>$} before it where secrets have versions.
 */
public final class SecretCipher {

  private static final Pattern FORM = Pattern.compile("(?:\\$ba\\$(\\d{1,9})\\$)?([0-9a-fA-F]*)");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final BetterAuthSecrets secrets;

  public SecretCipher(BetterAuthSecrets secrets) {
    this.secrets = secrets;
  }

  /** As it is stored, under the current secret. */
  public String encrypt(String plain) {
    byte[] nonce = new byte[XChaCha20Poly1305.NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    byte[] sealed =
        XChaCha20Poly1305.seal(
            key(secrets.signing()), nonce, plain.getBytes(StandardCharsets.UTF_8));
    String version =
        secrets.current().isPresent() ? "$ba$" + secrets.current().getAsInt() + "$" : "";
    return version + HexFormat.of().formatHex(nonce) + HexFormat.of().formatHex(sealed);
  }

  /**
   * The plain text of a column.
   *
   * @param stored null where the column is empty
   * @throws UnreadableSecretException when it is no such text, or was encrypted with a secret that
   *     is not configured
   */
  public String decrypt(@Nullable String stored) {
    if (stored == null) {
      throw new UnreadableSecretException("is missing");
    }
    if (secrets.isEmpty()) {
      throw new UnreadableSecretException("needs the Better Auth secret, and none is configured");
    }
    Matcher form = FORM.matcher(stored);
    if (!form.matches() || form.group(2).length() % 2 != 0) {
      throw new UnreadableSecretException("is not of the form Better Auth stores");
    }
    byte[] bytes = HexFormat.of().parseHex(form.group(2));
    if (bytes.length < XChaCha20Poly1305.NONCE_BYTES + XChaCha20Poly1305.TAG_BYTES) {
      throw new UnreadableSecretException("is too short");
    }
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    byte[] nonce = new byte[XChaCha20Poly1305.NONCE_BYTES];
    byte[] sealed = new byte[bytes.length - nonce.length];
    rest.get(nonce).get(sealed);
    try {
      byte[] plain = XChaCha20Poly1305.open(key(secret(form.group(1))), nonce, sealed);
      return new String(plain, StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new UnreadableSecretException("was encrypted with another secret, or is damaged");
    }
  }

  private String secret(@Nullable String version) {
    if (version == null) {
      String secret = secrets.unversioned();
      if (secret == null) {
        throw new UnreadableSecretException("was encrypted before the secrets had versions");
      }
      return secret;
    }
    String secret = secrets.byVersion().get(Integer.valueOf(version));
    if (secret == null) {
      throw new UnreadableSecretException(
          "was encrypted with version " + version + " of the secret, which is not configured");
    }
    return secret;
  }

  private static byte[] key(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
