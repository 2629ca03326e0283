// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.jwks;

import dev.accesstier.keycloak.schema.AuthJwks;
import java.io.IOException;
import java.security.PublicKey;
import java.security.interfaces.RSAKey;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.crypto.Algorithm;
import org.keycloak.crypto.KeyStatus;
import org.keycloak.crypto.KeyType;
import org.keycloak.crypto.KeyWrapper;
import org.keycloak.jose.jwk.JWK;
import org.keycloak.jose.jwk.JWKParser;
import org.keycloak.util.JsonSerialization;

/** Makes of a row of {@code jwks} a key that the realm publishes and does not trust. */
final class PublishedKey {

  private static final int LEAST_RSA_BITS = 2048;

  /** The parameters of a private JWK, RFC 7518 section 6 and RFC 8037 section 2. */
  private static final Set<String> PRIVATE = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

  /** What Better Auth signs with, by the curve of the key. */
  private static final Map<String, String> BY_CURVE =
      Map.of("Ed25519", Algorithm.EdDSA, "P-256", Algorithm.ES256, "P-521", Algorithm.ES512);

  private static final Set<String> OF_RSA = Set.of(Algorithm.RS256, Algorithm.PS256);

  private PublishedKey() {}

  /** Why a row is left out; the message never holds what is stored. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  /**
   * The key without a use: Keycloak publishes it as one for signatures, and of all keys that it
   * takes for verifying asks for one whose use is that.
   *
   * @throws UnusableException when it is no public key that Better Auth could have signed with
   */
  static KeyWrapper of(AuthJwks.Row row, ComponentModel component) throws UnusableException {
    JWK jwk = parsed(row.publicKey());
    if (jwk.getOtherClaims().keySet().stream().anyMatch(PRIVATE::contains)) {
      throw new UnusableException("has private parameters in public_key");
    }
    String algorithm = algorithm(row, jwk);
    KeyWrapper key = new KeyWrapper();
    key.setProviderId(component.getId());
    key.setKid(row.id());
    key.setType(jwk.getKeyType());
    key.setAlgorithm(algorithm);
    key.setCurve(curve(jwk));
    key.setStatus(KeyStatus.PASSIVE);
    key.setPublicKey(publicKey(jwk));
    return key;
  }

  /** The key alone. */
  static PublicKey publicKey(AuthJwks.Row row) throws UnusableException {
    return publicKey(parsed(row.publicKey()));
  }

  private static JWK parsed(String json) throws UnusableException {
    try {
      JWK jwk = JsonSerialization.readValue(json, JWK.class);
      if (jwk != null && jwk.getKeyType() != null) {
        return jwk;
      }
    } catch (IOException e) {
      // Said below, without what the parser quotes.
    }
    throw new UnusableException("is no JWK");
  }

  private static String algorithm(AuthJwks.Row row, JWK jwk) throws UnusableException {
    String named = row.algorithm() == null ? jwk.getAlgorithm() : row.algorithm();
    String algorithm =
        KeyType.RSA.equals(jwk.getKeyType())
            ? named != null && OF_RSA.contains(named) ? named : null
            : BY_CURVE.get(String.valueOf(curve(jwk)));
    if (algorithm == null || (named != null && !named.equals(algorithm))) {
      throw new UnusableException("is of an algorithm that Better Auth does not sign with");
    }
    return algorithm;
  }

  private static PublicKey publicKey(JWK jwk) throws UnusableException {
    PublicKey key;
    try {
      key = JWKParser.create(jwk).toPublicKey();
    } catch (RuntimeException e) {
      throw new UnusableException("holds no valid key");
    }
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
      throw new UnusableException("is an RSA key of less than " + LEAST_RSA_BITS + " bits");
    }
    return key;
  }

  private static @Nullable String curve(JWK jwk) {
    return jwk.getOtherClaims().get("crv") instanceof String curve ? curve : null;
  }
}
