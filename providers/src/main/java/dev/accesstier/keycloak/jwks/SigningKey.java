// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.jwks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.credential.UnreadableSecretException;
import dev.accesstier.keycloak.jwks.PublishedKey.UnusableException;
import dev.accesstier.keycloak.schema.AuthJwks;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.keycloak.util.JsonSerialization;

/** The private half of a row of {@code jwks}: a JWK, encrypted, and written as a JSON string. */
final class SigningKey {

  private static final byte[] PROBE = "probe".getBytes(StandardCharsets.UTF_8);

  private SigningKey() {}

  /**
   * The private key that belongs to the row's public one.
   *
   * @throws UnusableException when it cannot be read, is not encrypted, or does not belong to it
   */
  static PrivateKey of(AuthJwks.Row row, SecretCipher cipher) throws UnusableException {
    PublicKey publicKey = PublishedKey.publicKey(row);
    JsonNode jwk = decrypted(row.privateKey(), cipher);
    try {
      PrivateKey privateKey = privateKey(jwk, publicKey);
      String algorithm = probe(publicKey);
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(privateKey);
      signer.update(PROBE);
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(PROBE);
      if (verifier.verify(signer.sign())) {
        return privateKey;
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Said below, without what the exception quotes.
    }
    throw new UnusableException("has a private key that does not belong to its public one");
  }

  private static JsonNode decrypted(@Nullable String stored, SecretCipher cipher)
      throws UnusableException {
    if (stored == null) {
      throw new UnusableException("has no private key that the database user may read");
    }
    try {
      JsonNode outer = JsonSerialization.readValue(stored, JsonNode.class);
      if (outer == null || !outer.isTextual()) {
        throw new UnusableException("has a private key that is not encrypted");
      }
      return JsonSerialization.readValue(cipher.decrypt(outer.textValue()), JsonNode.class);
    } catch (UnreadableSecretException e) {
      throw new UnusableException("has a private key that " + e.getMessage());
    } catch (IOException e) {
      throw new UnusableException("has a private key that is not of the form Better Auth stores");
    }
  }

  private static PrivateKey privateKey(JsonNode jwk, PublicKey publicKey)
      throws GeneralSecurityException {
    if (publicKey instanceof ECPublicKey curve) {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new ECPrivateKeySpec(number(jwk, "d"), curve.getParams()));
    }
    if (publicKey instanceof RSAPublicKey rsa) {
      return KeyFactory.getInstance("RSA")
          .generatePrivate(
              new RSAPrivateCrtKeySpec(
                  rsa.getModulus(),
                  rsa.getPublicExponent(),
                  number(jwk, "d"),
                  number(jwk, "p"),
                  number(jwk, "q"),
                  number(jwk, "dp"),
                  number(jwk, "dq"),
                  number(jwk, "qi")));
    }
    return KeyFactory.getInstance("Ed25519")
        .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, bytes(jwk, "d")));
  }

  private static String probe(PublicKey publicKey) {
    if (publicKey instanceof ECPublicKey) {
      return "SHA512withECDSA";
    }
    return publicKey instanceof RSAPublicKey ? "SHA256withRSA" : "Ed25519";
  }

  private static BigInteger number(JsonNode jwk, String name) {
    return new BigInteger(1, bytes(jwk, name));
  }

  private static byte[] bytes(JsonNode jwk, String name) {
    return Base64.getUrlDecoder().decode(jwk.path(name).asText());
  }
}
