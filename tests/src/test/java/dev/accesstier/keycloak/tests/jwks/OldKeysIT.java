// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.AuthStatements;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.KeysMetadataRepresentation;

/** Keys of the old service verify its tokens at the realm's JWKS, and open nothing at Keycloak. */
@TestInstance(Lifecycle.PER_CLASS)
class OldKeysIT {

  private static final Duration A_MINUTE = Duration.ofMinutes(1);
  private static final String DATABASE = "old_keys";
  private static final Fixture.User ADMIN = Fixture.known().user("founder-admin");

  private final OldKey key = OldKey.ofTheFixture();
  private TestRealm realm;
  private AuthRows rows;

  @BeforeAll
  void makeRealm() {
    PostgresServer postgres = TestServer.shared().postgres();
    var database = postgres.createDatabase(DATABASE);
    Fixture.load(database);
    postgres.execute("postgres", "alter database " + DATABASE + " set log_statement = 'all'");
    rows = new AuthRows(database);
    rows.write("alter table auth.jwks add column alg text, add column crv text");
    rows.write("alter table auth.jwks add column expires_at timestamptz");
    realm =
        TestRealm.create(
            Map.of("jdbcUrl", postgres.jdbcUrl(DATABASE), "username", PostgresServer.USER),
            rep -> {});
    ClientRepresentation exchanging = TestRealm.client("exchanging");
    exchanging.setAttributes(new HashMap<>(Map.of("standard.token.exchange.enabled", "true")));
    exchanging.setProtocolMappers(List.of(TestRealm.ownAudience("exchanging")));
    realm.add(exchanging);
    realm.publishOldKeys();
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Nested
  class AreInTheJwks {

    @Test
    void withTheirOwnIds() throws ParseException {
      JWK published = Objects.requireNonNull(jwks(realm).getKeyByKeyId(key.kid()));

      assertThat(published.toJSONObject())
          .containsEntry("kty", "OKP")
          .containsEntry("crv", "Ed25519")
          .containsEntry("alg", "EdDSA")
          .containsEntry("use", "sig")
          .containsEntry("x", key.x())
          .doesNotContainKey("d");
    }

    @Test
    void andVerifyATokenOfBetterAuth() throws Exception {
      JWK published = Objects.requireNonNull(jwks(realm).getKeyByKeyId(key.kid()));
      String[] parts = key.token().split("\\.");
      var verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(
          KeyFactory.getInstance("Ed25519")
              .generatePublic(
                  new X509EncodedKeySpec(
                      concat(
                          HexFormat.of().parseHex("302a300506032b6570032100"),
                          published.toOctetKeyPair().getX().decode()))));
      verifier.update((parts[0] + '.' + parts[1]).getBytes(StandardCharsets.UTF_8));

      assertThat(verifier.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    }

    private static byte[] concat(byte[] first, byte[] second) {
      byte[] both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return both;
    }

    @Test
    void withinAMinuteAndAreGoneWithinOne() {
      String old = insert(null, publicKey());
      await().atMost(A_MINUTE).untilAsserted(() -> assertThat(kids()).contains(old));
      String another = insert(null, publicKey());
      rows.write("delete from auth.jwks where id = ?", old);

      await()
          .atMost(A_MINUTE)
          .untilAsserted(() -> assertThat(kids()).contains(another).doesNotContain(old));
    }

    @Test
    void withoutAStatementForARequest() {
      assertThat(kids()).contains(key.kid());
      List<String> statements =
          new AuthStatements()
              .during(
                  () -> {
                    for (int i = 0; i < 50; i++) {
                      assertThat(kids()).contains(key.kid());
                    }
                  });

      // The one reading that may fall into this moment.
      assertThat(statements).filteredOn(line -> line.contains("jwks")).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void unlessARowIsOfNoUseWhichIsSaidOnce() {
      String realms =
          realm.realm().keys().getKeyMetadata().getKeys().stream()
              .filter(one -> "RSA".equals(one.getType()))
              .map(KeysMetadataRepresentation.KeyMetadataRepresentation::getKid)
              .findFirst()
              .orElseThrow();
      rows.write(
          "insert into auth.jwks (id, public_key, private_key) values (?, ?, '')",
          realms,
          publicKey());
      List<String> useless =
          List.of(
              insert(null, "no json"),
              insert(null, "null"),
              insert(null, "{}"),
              insert(null, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}"),
              insert(null, publicKey().replace("}", ",\"d\":\"" + key.d() + "\"}")),
              insert(null, publicKey().replace("Ed25519", "X25519")),
              insert("HS256", publicKey()),
              insert(null, "{\"kty\":\"oct\",\"k\":\"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0\"}"),
              insert("none", publicKey()));
      String expired = insert(null, publicKey());
      rows.write(
          "update auth.jwks set expires_at = now() - interval '31 days' where id = ?", expired);
      String stillVerified = insert("EdDSA", publicKey());
      rows.write(
          "update auth.jwks set expires_at = now() - interval '1 day' where id = ?", stillVerified);

      await().atMost(A_MINUTE).untilAsserted(() -> assertThat(kids()).contains(stillVerified));

      assertThat(kids()).doesNotContainAnyElementsOf(useless).doesNotContain(expired);
      assertThat(jwks(realm).getKeys()).filteredOn(one -> realms.equals(one.getKeyID())).hasSize(1);
      String log = TestServer.shared().keycloak().log();
      for (String id : useless) {
        assertThat(log).containsOnlyOnce("Key " + id + " of table jwks is left out");
      }
      assertThat(log).contains("Key " + expired + " of table jwks is left out: it has expired");
      assertThat(log).doesNotContain(key.d());
    }

    @Test
    void unlessTheDatabaseIsAwayForWhichNobodyWaits() {
      try (TestRealm away =
          TestRealm.create(
              Map.of("jdbcUrl", "jdbc:postgresql://127.0.0.1:1/none", "username", "nobody"),
              rep -> {})) {
        away.publishOldKeys();

        assertThat(jwks(away).getKeys()).isNotEmpty();
      }
    }

    /** The status speaks of what each node has read last. */
    @Test
    void unlessThereIsNoTableWhichTheStatusSays() {
      PostgresServer postgres = TestServer.shared().postgres();
      Fixture.load(postgres.createDatabase("no_old_keys"));
      postgres.execute("no_old_keys", "drop table auth.jwks");
      try (TestRealm without =
          TestRealm.create(
              Map.of(
                  "jdbcUrl",
                  postgres.jdbcUrl("no_old_keys"),
                  "username",
                  PostgresServer.USER,
                  "betterAuthSecret",
                  Fixture.known().secret()),
              rep -> {})) {
        without.publishOldKeys();

        assertThat(jwks(without).getKeys()).isNotEmpty();
        await()
            .atMost(A_MINUTE)
            .untilAsserted(() -> assertThat(status(without)).contains("table jwks is missing"));
      }
    }

    private String status(TestRealm of) {
      HTTPRequest request =
          new HTTPRequest(
              HTTPRequest.Method.GET,
              URI.create(
                  of.oidc().realmUrl().replace("/realms/", "/admin/realms/")
                      + "/access-tier/status"));
      request.setAuthorization(
          "Bearer " + TestServer.shared().admin().tokenManager().getAccessTokenString());
      return Oidc.send(request).getBody();
    }

    private String insert(@Nullable String algorithm, String publicKey) {
      String id = UUID.randomUUID().toString();
      rows.write(
          "insert into auth.jwks (id, public_key, private_key) values (?, ?, '')", id, publicKey);
      if (algorithm != null) {
        rows.write("update auth.jwks set alg = ? where id = ?", algorithm, id);
      }
      return id;
    }

    private String publicKey() {
      return "{\"crv\":\"Ed25519\",\"x\":\"" + key.x() + "\",\"kty\":\"OKP\"}";
    }

    private List<String> kids() {
      return jwks(realm).getKeys().stream().map(JWK::getKeyID).toList();
    }
  }

  /** Whoever can write a row must not be able to sign as this realm. */
  @Nested
  class OpenNothing {

    private String forged(String type, String client) {
      long now = Instant.now().getEpochSecond();
      Map<String, Object> claims = new HashMap<>();
      claims.put("iss", realm.oidc().realmUrl());
      claims.put("sub", realm.user(ADMIN.email()).getId());
      claims.put("aud", List.of(client, "account", "realm-management", realm.oidc().realmUrl()));
      claims.put("azp", client);
      claims.put("typ", type);
      claims.put("scope", "openid");
      claims.put("iat", now);
      claims.put("nbf", now);
      claims.put("exp", now + 600);
      claims.put("jti", UUID.randomUUID().toString());
      claims.put(
          "resource_access", Map.of("realm-management", Map.of("roles", List.of("realm-admin"))));
      return key.signed(claims);
    }

    @Test
    void atUserinfo() {
      assertThat(
              realm
                  .oidc()
                  .userInfo(new BearerAccessToken(forged("Bearer", TestRealm.APP)))
                  .getStatusCode())
          .isEqualTo(401);
    }

    @Test
    void atTheAdminApi() {
      HTTPRequest request =
          new HTTPRequest(
              HTTPRequest.Method.GET,
              URI.create(realm.oidc().realmUrl().replace("/realms/", "/admin/realms/") + "/users"));
      request.setAuthorization("Bearer " + forged("Bearer", "security-admin-console"));

      assertThat(Oidc.send(request).getStatusCode()).isEqualTo(401);
    }

    @Test
    void atIntrospection() {
      HTTPResponse answer =
          realm
              .oidc()
              .introspect(TestRealm.APP, new BearerAccessToken(forged("Bearer", TestRealm.APP)));

      assertThat(Oidc.json(answer)).containsExactly(Map.entry("active", false));
    }

    @Test
    void asAnIdTokenHint() {
      HTTPResponse answer =
          Oidc.send(
              new HTTPRequest(
                  HTTPRequest.Method.GET,
                  URI.create(
                      realm.oidc().url("/logout")
                          + "?id_token_hint="
                          + forged("ID", TestRealm.APP))));

      assertThat(answer.getStatusCode()).isEqualTo(400);
    }

    @Test
    void asASubjectToken() {
      assertRefused(
          Map.of(
              "grant_type",
              "urn:ietf:params:oauth:grant-type:token-exchange",
              "subject_token",
              forged("Bearer", "exchanging"),
              "subject_token_type",
              "urn:ietf:params:oauth:token-type:access_token",
              "client_id",
              "exchanging",
              "client_secret",
              Oidc.SECRET));
    }

    @Test
    void asARefreshToken() {
      for (String type : List.of("Refresh", "Offline")) {
        assertRefused(
            Map.of(
                "grant_type",
                "refresh_token",
                "refresh_token",
                forged(type, TestRealm.APP),
                "client_id",
                TestRealm.APP,
                "client_secret",
                Oidc.SECRET));
      }
    }

    @Test
    void asAClientAssertion() {
      ClientRepresentation asserting = TestRealm.client("asserting");
      asserting.setClientAuthenticatorType("client-jwt");
      asserting.setServiceAccountsEnabled(true);
      asserting.setAttributes(
          new HashMap<>(
              Map.of("use.jwks.url", "true", "jwks.url", realm.oidc().url("/no-such-certs"))));
      realm.add(asserting);
      long now = Instant.now().getEpochSecond();

      assertRefused(
          Map.of(
              "grant_type",
              "client_credentials",
              "client_assertion_type",
              "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
              "client_assertion",
              key.signed(
                  Map.of(
                      "iss",
                      "asserting",
                      "sub",
                      "asserting",
                      "aud",
                      realm.oidc().realmUrl(),
                      "jti",
                      UUID.randomUUID().toString(),
                      "iat",
                      now,
                      "exp",
                      now + 60))));
    }

    private void assertRefused(Map<String, String> form) {
      HTTPRequest request =
          new HTTPRequest(HTTPRequest.Method.POST, URI.create(realm.oidc().url("/token")));
      request.setEntityContentType(ContentType.APPLICATION_URLENCODED);
      request.setBody(
          form.entrySet().stream()
              .map(
                  entry ->
                      entry.getKey()
                          + '='
                          + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
              .collect(Collectors.joining("&")));
      HTTPResponse answer = Oidc.send(request);

      assertThat(answer.getStatusCode()).as(answer.getBody()).isIn(400, 401);
      assertThat(Oidc.json(answer)).doesNotContainKey("access_token");
    }
  }

  private static JWKSet jwks(TestRealm realm) {
    HTTPResponse answer =
        Oidc.send(new HTTPRequest(HTTPRequest.Method.GET, URI.create(realm.oidc().url("/certs"))));
    try {
      return JWKSet.parse(answer.getBody());
    } catch (ParseException e) {
      throw new AssertionError(answer.getBody(), e);
    }
  }
}
