// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A cookie that Better Auth signed: the value, a dot and base64(HMAC-SHA256(secret, value)), all of
 * it URL-encoded. As seen in Better Auth 1.4.4, 1.5.6 and 1.6.34.
 */
public final class SignedCookie {

  private static final String ALGORITHM = "HmacSHA256";

  private SignedCookie() {}

  /**
   * The value of a cookie that was signed with the secret, URL-encoded or not; empty for any other.
   */
  public static Optional<String> value(String cookie, String secret) {
    if (secret.isEmpty()) {
      return Optional.empty();
    }
    try {
      // A plus sign is never encoded as itself, and a cookie decoded already has one.
      String decoded = URLDecoder.decode(cookie.replace("+", "%2B"), StandardCharsets.UTF_8);
      int dot = decoded.lastIndexOf('.');
      if (dot < 1) {
        return Optional.empty();
      }
      String value = decoded.substring(0, dot);
      byte[] signature = Base64.getDecoder().decode(decoded.substring(dot + 1));
      return MessageDigest.isEqual(signature, sign(value, secret))
          ? Optional.of(value)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      // neither URL-encoded nor base64
      return Optional.empty();
    }
  }

  private static byte[] sign(String value, String secret) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return mac.doFinal(value.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no HMAC-SHA256", e);
    }
  }
}
