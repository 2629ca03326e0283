// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.EdECPrivateKey;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;

/** Keycloak signs with the newest key of the old service, where an admin wants that. */
@TestInstance(Lifecycle.PER_CLASS)
class ActiveKeyIT {

  private static final Duration A_MINUTE = Duration.ofMinutes(1);
  private static final String DATABASE = "active_key";
  private static final String EDDSA = "eddsa-app";
  private static final Fixture.User USER = Fixture.known().user("founder-admin");
  private static final SecretCipher CIPHER =
      new SecretCipher(BetterAuthSecrets.parse(Fixture.known().secret()));

  private final OldKey key = OldKey.ofTheFixture();
  private TestRealm realm;
  private AuthRows rows;

  @BeforeAll
  void makeRealm() {
    PostgresServer postgres = TestServer.shared().postgres();
    var database = postgres.createDatabase(DATABASE);
    Fixture.load(database);
    rows = new AuthRows(database);
    realm =
        TestRealm.create(
            Map.of("jdbcUrl", postgres.jdbcUrl(DATABASE), "username", PostgresServer.USER),
            rep -> {});
    ClientRepresentation app = TestRealm.client(EDDSA);
    app.setAttributes(new HashMap<>(Map.of("access.token.signed.response.alg", "EdDSA")));
    app.setProtocolMappers(List.of(TestRealm.ownAudience(EDDSA)));
    realm.add(app);
    realm.publishOldKeys(Map.of("active", "true"));
    await().atMost(A_MINUTE).untilAsserted(() -> assertThat(kid(token())).isEqualTo(key.kid()));
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void signsForClientsOfItsAlgorithm() {
    AccessToken token = token();

    assertThat(kid(token)).isEqualTo(key.kid());
    assertThat(realm.oidc().userInfo(token).getStatusCode()).isEqualTo(200);
    assertThat(Oidc.json(realm.oidc().introspect(EDDSA, token))).containsEntry("active", true);
    assertThat(
            kid(
                Oidc.tokens(
                        realm.oidc().password(TestRealm.APP, USER.email(), USER.knownPassword()))
                    .getAccessToken()))
        .isNotEqualTo(key.kid());
  }

  @Test
  void isToldByNobodyAndWarnedOf() {
    assertThat(kid(token())).isEqualTo(key.kid());

    assertThat(realm.get("/keys")).contains(key.kid()).doesNotContain(key.d());
    assertThat(realm.get("/components?type=org.keycloak.keys.KeyProvider")).doesNotContain(key.d());
    assertThat(realm.get("/access-tier/status"))
        .contains("whoever has the Better Auth secret can sign as this realm");
    assertThat(TestServer.shared().keycloak().log())
        .contains("Keycloak signs with key " + key.kid())
        .doesNotContain(key.d());
  }

  /** Of a row that somebody wrote who has the table and not the secret. */
  @Test
  void isNotOneThatAnybodyCouldHaveWritten() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    String plain = insert(pair, privateJwk(pair), Instant.now().minusSeconds(600));
    String foreign = insert(pair, '"' + "00".repeat(80) + '"', Instant.now().minusSeconds(600));
    KeyPair another = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    String swapped =
        insert(
            pair, '"' + CIPHER.encrypt(privateJwk(another)) + '"', Instant.now().minusSeconds(600));
    try {
      await()
          .atMost(A_MINUTE)
          .untilAsserted(
              () ->
                  assertThat(realm.get("/access-tier/status"))
                      .contains(
                          plain + " of table jwks: it has a private key that is not encrypted")
                      .contains(foreign + " of table jwks: it has a private key that was encrypted")
                      .contains(swapped + " of table jwks: it has a private key that does not"));
      assertThat(kid(token())).isEqualTo(key.kid());
      for (String kid : List.of(plain, foreign, swapped)) {
        assertThat(realm.oidc().userInfo(new BearerAccessToken(forged(kid, pair))).getStatusCode())
            .isEqualTo(401);
      }
    } finally {
      rows.write("delete from auth.jwks where id in (?, ?, ?)", plain, foreign, swapped);
    }
  }

  @Test
  void changesWithARotationAndTokensOfTheOldKeyGoOn() throws Exception {
    AccessToken before = token();
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    String newer =
        insert(pair, '"' + CIPHER.encrypt(privateJwk(pair)) + '"', Instant.now().minusSeconds(61));
    try {
      await().atMost(A_MINUTE).untilAsserted(() -> assertThat(kid(token())).isEqualTo(newer));
      assertThat(realm.oidc().userInfo(before).getStatusCode()).isEqualTo(200);
      rows.write("update auth.jwks set created_at = now() - interval '2 days' where id = ?", newer);
      rows.write(
          "update auth.jwks set created_at = now() - interval '9 days' where id = ?", key.kid());

      await()
          .atMost(A_MINUTE)
          .untilAsserted(
              () ->
                  assertThat(realm.oidc().userInfo(before).getStatusCode())
                      .as("a key whose tokens have ended")
                      .isEqualTo(401));
    } finally {
      rows.write("delete from auth.jwks where id = ?", newer);
      await().atMost(A_MINUTE).untilAsserted(() -> assertThat(kid(token())).isEqualTo(key.kid()));
    }
  }

  @Test
  void isRefusedInTheRealmOfTheServersAdmins() {
    ComponentRepresentation component = new ComponentRepresentation();
    component.setName("old keys");
    component.setProviderType("org.keycloak.keys.KeyProvider");
    component.setProviderId("auth-schema-jwks");
    MultivaluedHashMap<String, String> config = new MultivaluedHashMap<>();
    config.putSingle("active", "true");
    component.setConfig(config);

    try (Response answer =
        TestServer.shared().admin().realm("master").components().add(component)) {
      assertThat(answer.getStatus()).isEqualTo(400);
    }
  }

  private AccessToken token() {
    return Oidc.tokens(realm.oidc().password(EDDSA, USER.email(), USER.knownPassword()))
        .getAccessToken();
  }

  private static String kid(AccessToken token) {
    try {
      return SignedJWT.parse(token.getValue()).getHeader().getKeyID();
    } catch (ParseException e) {
      throw new AssertionError(e);
    }
  }

  private String forged(String kid, KeyPair pair) {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> claims = new HashMap<>(Oidc.claims(token()));
    claims.put("exp", now + 600);
    claims.put("jti", UUID.randomUUID().toString());
    return new OldKey(kid, "", "", d(pair)).signed(claims);
  }

  private String insert(KeyPair pair, String privateKey, Instant created) {
    String id = UUID.randomUUID().toString();
    rows.write(
        "insert into auth.jwks (id, public_key, private_key, created_at)"
            + " values (?, ?, ?, to_timestamp(?))",
        id,
        "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + x(pair) + "\"}",
        privateKey,
        created.getEpochSecond());
    return id;
  }

  private static String privateJwk(KeyPair pair) {
    return "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\",\"d\":\"%s\"}"
        .formatted(x(pair), d(pair));
  }

  /** The end of the encoded form, RFC 8410. */
  private static String x(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    return base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
  }

  private static String d(KeyPair pair) {
    return base64(((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow());
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
