// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Better Auth's own hash, stored as {@code <32 hex>:<128 hex>}: scrypt with N=16384, r=16, p=1 and
 * 64 bytes of output. The salt is the hex text itself, as ASCII; it is never decoded.
 */
public final class ScryptHash implements PasswordHash {

  private static final Pattern FORMAT = Pattern.compile("[0-9a-f]{32}:[0-9a-f]{128}");
  private static final int SALT_BYTES = 16;
  private static final int SALT_TEXT = 2 * SALT_BYTES;
  private static final int N = 16_384;
  private static final int R = 16;
  private static final int P = 1;
  private static final int KEY_BYTES = 64;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String salt;
  private final byte[] key;

  private ScryptHash(String salt, byte[] key) {
    this.salt = salt;
    this.key = key;
  }

  static ScryptHash parse(String stored) {
    if (!FORMAT.matcher(stored).matches()) {
      throw new MalformedHashException("not of the form <32 hex digits>:<128 hex digits>");
    }
    return new ScryptHash(
        stored.substring(0, SALT_TEXT), HexFormat.of().parseHex(stored.substring(SALT_TEXT + 1)));
  }

  /** Hashes a password with a new random salt. */
  public static ScryptHash of(String password) {
    byte[] random = new byte[SALT_BYTES];
    RANDOM.nextBytes(random);
    String salt = HexFormat.of().formatHex(random);
    return new ScryptHash(salt, derive(password, salt));
  }

  @Override
  public String algorithm() {
    return "scrypt";
  }

  @Override
  public String strength() {
    return N + "," + R + "," + P;
  }

  @Override
  public boolean matches(String password) {
    return MessageDigest.isEqual(key, derive(password, salt));
  }

  /** The text that Better Auth stores in {@code accounts.password}. */
  public String stored() {
    return salt + ":" + HexFormat.of().formatHex(key);
  }

  /** A constant, so that a hash is not printed by accident. */
  @Override
  public String toString() {
    return "ScryptHash";
  }

  private static byte[] derive(String password, String salt) {
    return Scrypt.derive(
        PasswordBytes.nfkc(password), salt.getBytes(StandardCharsets.US_ASCII), N, R, P, KEY_BYTES);
  }
}
