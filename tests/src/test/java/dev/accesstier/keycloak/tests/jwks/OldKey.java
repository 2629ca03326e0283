// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.jwks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.accesstier.keycloak.tests.support.Fixture;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;

/**
 * The key with which Better Auth signed the fixture's JWT, both halves.
 *
 * @param token a JWT that Better Auth minted; it has expired
 * @param x the public half, base64url
 * @param d the private half, base64url
 */
record OldKey(String kid, String token, String x, String d) {

  private static final Base64.Encoder BASE_64 = Base64.getUrlEncoder().withoutPadding();

  static OldKey ofTheFixture() {
    try (InputStream json =
        Objects.requireNonNull(Fixture.class.getResourceAsStream("/better-auth/known.json"))) {
      JsonNode jwt = new ObjectMapper().readTree(json).path("jwt");
      JsonNode key = jwt.at("/row/privateKeyJwk");
      return new OldKey(
          jwt.at("/row/id").asText(),
          jwt.path("token").asText(),
          key.path("x").asText(),
          key.path("d").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A JWT with these claims, as whoever holds the key can sign it. */
  String signed(Map<String, Object> claims) {
    try {
      String head =
          encoded(Map.of("alg", "EdDSA", "typ", "JWT", "kid", kid)) + '.' + encoded(claims);
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(privateKey());
      signature.update(head.getBytes(UTF_8));
      return head + '.' + BASE_64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private PrivateKey privateKey() throws GeneralSecurityException {
    return KeyFactory.getInstance("Ed25519")
        .generatePrivate(
            new EdECPrivateKeySpec(NamedParameterSpec.ED25519, Base64.getUrlDecoder().decode(d)));
  }

  private static String encoded(Map<String, Object> json) {
    try {
      return BASE_64.encodeToString(new ObjectMapper().writeValueAsBytes(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
