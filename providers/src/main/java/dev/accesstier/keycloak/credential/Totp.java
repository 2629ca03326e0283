// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.encoders.Base32;
import org.bouncycastle.util.encoders.DecoderException;

/**
 * Time-based one-time passwords with the parameters of Better Auth's defaults and of Keycloak's:
 * HMAC-SHA-1, six digits, 30 seconds. The secret's characters themselves are the key; base32 is
 * only how an authenticator app is told of them.
 */
public final class Totp {

  /** Name of the algorithm, for Keycloak and for Java alike. */
  public static final String ALGORITHM = "HmacSHA1";

  public static final int DIGITS = 6;
  public static final Duration PERIOD = Duration.ofSeconds(30);

  /** How long a code is taken: its own step, and one before and after it. */
  public static final Duration VALIDITY = PERIOD.multipliedBy(3);

  private static final String BASE_32 = "base32:";
  private static final int MODULUS = 1_000_000;

  private final SecretKeySpec key;

  private Totp(SecretKeySpec key) {
    this.key = key;
  }

  /**
   * Of a decrypted secret. Its characters are the key, unless it begins with {@value #BASE_32}:
   * then the key is what the rest encodes, as Better Auth since 1.7.14 keeps imported
   * authenticators.
   *
   * @throws UnreadableSecretException when it is empty or no base32
   */
  public static Totp of(String secret) {
    byte[] key =
        secret.startsWith(BASE_32)
            ? decoded(secret.substring(BASE_32.length()))
            : secret.getBytes(StandardCharsets.UTF_8);
    if (key.length == 0) {
      throw new UnreadableSecretException("is empty");
    }
    return new Totp(new SecretKeySpec(key, ALGORITHM));
  }

  /** RFC 4648 section 6, whose padding may be left out. */
  private static byte[] decoded(String base32) {
    String bare = base32.replace("=", "").toUpperCase(Locale.ROOT);
    try {
      return Base32.decode(bare + "=".repeat(Math.floorMod(-bare.length(), 8)));
    } catch (DecoderException e) {
      throw new UnreadableSecretException("is no base32");
    }
  }

  /**
   * The step the code belongs to: the current one, the one before or the one after; empty when the
   * code is of none of them. Whoever accepts it remembers the step, so that nobody uses it again.
   */
  public OptionalLong matchingStep(String code, Instant now) {
    long current = step(now);
    OptionalLong match = OptionalLong.empty();
    for (long step = current - 1; step <= current + 1; step++) {
      // All three, so that time does not tell which.
      if (MessageDigest.isEqual(bytes(code(step)), bytes(code))) {
        match = OptionalLong.of(step);
      }
    }
    return match;
  }

  /** Number of the step a moment lies in. */
  public static long step(Instant moment) {
    return Math.floorDiv(moment.getEpochSecond(), PERIOD.toSeconds());
  }

  /** The code of a step, RFC 4226 section 5.3. */
  public String code(long step) {
    byte[] hmac = hmac(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
    int offset = hmac[hmac.length - 1] & 0xf;
    int number = ByteBuffer.wrap(hmac).getInt(offset) & Integer.MAX_VALUE;
    return String.format(Locale.ROOT, "%0" + DIGITS + "d", number % MODULUS);
  }

  private byte[] hmac(byte[] message) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(String code) {
    return code.getBytes(StandardCharsets.UTF_8);
  }
}
