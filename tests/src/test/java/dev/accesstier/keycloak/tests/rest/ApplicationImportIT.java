// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;

/** Apps of {@code oauth_applications} and {@code oauth_clients} become clients. */
@TestInstance(Lifecycle.PER_CLASS)
class ApplicationImportIT {

  private static final String IMPORT = "oauth-applications/import";
  private static final String CALLBACK = "http://app.test/old";
  private static final String SECRET = "TaIqXAXSyqiADdcvEBpOcEOXxCgFDtWn";

  private final TierRealm realm = new TierRealm();
  private Api admin;

  @BeforeAll
  void prepare() {
    ClientScopeRepresentation claims = new ClientScopeRepresentation();
    claims.setName("mana-claims");
    claims.setProtocol("openid-connect");
    claims.setProtocolMappers(
        List.of(TestRealm.mapper("oidc-auth-schema-subject-mapper", Map.of())));
    realm.keycloak().clientScopes().create(claims).close();
    realm.local("admin@example.test", "realm-admin");
    realm.local("viewer@example.test", "view-clients", "view-realm");
    admin = realm.as("admin@example.test");
    realm.withPassword("user@example.test");
    realm.execute(
        "create table auth.oauth_clients (id text primary key, client_id text not null unique,"
            + " client_secret text, disabled boolean default false, skip_consent boolean,"
            + " user_id text, created_at timestamptz default now(), name text, icon text,"
            + " redirect_uris text[] not null, token_endpoint_auth_method text, public boolean,"
            + " type text, metadata json)");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Nested
  class ANewClient {

    @Test
    void mayDoNoMoreThanTheAppCould() {
      app("safe", SECRET, "https://a.test/cb,https://a.test/cb2", "web");

      assertThat(outcome(run(""), "safe")).isEqualTo("new");

      ClientRepresentation client = client("safe");
      assertThat(client.getRedirectUris())
          .containsExactlyInAnyOrder("https://a.test/cb", "https://a.test/cb2");
      assertThat(client.getName()).isEqualTo("App safe");
      assertThat(client.isEnabled()).isTrue();
      assertThat(client.isConsentRequired()).isTrue();
      assertThat(client.isFullScopeAllowed()).isFalse();
      assertThat(client.isDirectAccessGrantsEnabled()).isFalse();
      assertThat(client.isImplicitFlowEnabled()).isFalse();
      assertThat(client.isServiceAccountsEnabled()).isFalse();
      assertThat(client.isPublicClient()).isFalse();
      assertThat(client.getSecret()).isEqualTo(SECRET);
      assertThat(client.getDefaultClientScopes())
          .contains("mana-claims")
          .doesNotContain("profile", "email", "roles");
      assertThat(client.getOptionalClientScopes()).contains("profile", "email", "offline_access");
      assertThat(client.getAttributes()).doesNotContainKey("access.tier.required");
    }

    @Test
    void ofAPublicAppNeedsPkce() {
      app("spa", "unused", "https://spa.test/cb", "public");

      run("");

      ClientRepresentation client = client("spa");
      assertThat(client.isPublicClient()).isTrue();
      assertThat(client.getAttributes()).containsEntry("pkce.code.challenge.method", "S256");
    }

    @Test
    void requiresTheTierThatIsAskedFor() {
      app("tiered", SECRET, "https://t.test/cb", "web");

      run("?requiredTier=alpha");

      assertThat(client("tiered").getAttributes()).containsEntry("access.tier.required", "alpha");
      assertThat(admin.get("clients/tiered/required-tier/history").json(200)).hasSize(1);
    }

    @Test
    void keepsIconOwnerAndMetadata() {
      String owner = realm.one("select id from auth.users where email = 'user@example.test'");
      app("described", SECRET, "https://d.test/cb", "web");
      realm.execute(
          "update auth.oauth_applications set icon = 'https://d.test/l.png', user_id = '%s',"
                  .formatted(owner)
              + " metadata = '{\"tenant\":\"a\"}', disabled = true where client_id = 'described'");

      run("");

      ClientRepresentation client = client("described");
      assertThat(client.isEnabled()).isFalse();
      assertThat(client.getAttributes())
          .containsEntry("logoUri", "https://d.test/l.png")
          .containsEntry("access.tier.import.owner", owner)
          .containsEntry("access.tier.import.metadata", "{\"tenant\":\"a\"}");
    }

    @Test
    void ofANewerTableIsTheSame() {
      realm.execute(
          "insert into auth.oauth_clients (id, client_id, client_secret, name, redirect_uris,"
              + " token_endpoint_auth_method, skip_consent) values ('n1', 'newer', '"
              + hash(SECRET)
              + "', 'Newer', array['https://n.test/cb', 'https://n.test/a,b'],"
              + " 'client_secret_basic', true)");

      run("");

      ClientRepresentation client = client("newer");
      assertThat(client.getRedirectUris())
          .containsExactlyInAnyOrder("https://n.test/cb", "https://n.test/a,b");
      assertThat(client.isConsentRequired()).isFalse();
      assertThat(authenticates("newer", basic("newer", SECRET))).isTrue();
    }

    @Test
    void leavesAnEventOfTheAdmin() {
      app("evented", SECRET, "https://e.test/cb", "web");

      run("");

      String id = client("evented").getId();
      assertThat(realm.keycloak().getAdminEvents())
          .filteredOn(event -> ("clients/" + id).equals(event.getResourcePath()))
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getOperationType()).isEqualTo("CREATE");
                assertThat(event.getResourceType()).isEqualTo("CLIENT");
                assertThat(event.getRepresentation()).contains("evented").doesNotContain(SECRET);
              });
    }
  }

  @Nested
  class AnApp {

    @Test
    void signsInWithNothingChangedButTheIssuer() {
      app("old", SECRET, CALLBACK, "web");
      run("?trusted=old");

      HTTPResponse answer = codeFor("old", basic("old", SECRET));

      assertThat(Oidc.claims(Oidc.tokens(answer).getAccessToken()).get("sub"))
          .isEqualTo(realm.one("select id from auth.users where email = 'user@example.test'"));
    }

    @Test
    void isAskedForConsentUnlessTrusted() {
      app("asking", SECRET, "http://app.test/asking", "web");
      realm.execute(
          "update auth.oauth_applications set name = '<img src=x onerror=alert(1)>${doYes}',"
              + " metadata = '{\"skip_consent\": true}', client_id ="
              + " 'abcdefghijklmnopqrstuvwxyzABCDEF' where client_id = 'asking'");

      JsonNode report = run("");

      String id = "abcdefghijklmnopqrstuvwxyzABCDEF";
      assertThat(reason(report, "new", id)).contains("name it in trusted");
      Browser.Stop stop =
          new Browser(realm.realm.oidc().realmUrl())
              .signIn(authUrl(id, "http://app.test/asking"), "user@example.test");
      assertThat(stop.body()).contains("&lt;img src=x").doesNotContain("<img src=x");
      assertThat(stop.page().select("#kc-oauth")).isNotEmpty();

      assertThat(outcome(run("?trusted=" + id), id)).isEqualTo("changed");
      assertThat(client(id).isConsentRequired()).isFalse();
      assertThat(outcome(run(""), id)).isEqualTo("same");
      assertThat(client(id).isConsentRequired()).isFalse();
    }

    @Test
    void ofTheOwnersOwnHandMaySkipConsent() {
      app("synapse", "5f".repeat(32), "https://matrix.test/cb", "web");
      realm.execute(
          "update auth.oauth_applications set metadata = '{\"skipConsent\":true}'"
              + " where client_id = 'synapse'");

      assertThat(reason(run(""), "new", "synapse")).contains("nobody is asked");

      assertThat(client("synapse").isConsentRequired()).isFalse();
      assertThat(authenticates("synapse", basic("synapse", "5f".repeat(32)))).isTrue();
    }
  }

  @Nested
  class AHashedSecret {

    @Test
    void isTakenInBothPlacesAndNothingElseIs() {
      app("hashed", hash(SECRET), "https://h.test/cb", "web");
      run("");

      assertThat(authenticates("hashed", basic("hashed", SECRET))).isTrue();
      assertThat(authenticates("hashed", post("hashed", SECRET))).isTrue();
      assertThat(authenticates("hashed", basic("hashed", SECRET + "x"))).isFalse();
      assertThat(authenticates("hashed", basic("hashed", hash(SECRET)))).isFalse();
      assertThat(client("hashed").getSecret()).isNotEqualTo(SECRET);
    }

    @Test
    void staysWhenAnAdminSavesTheClient() {
      app("saved", hash(SECRET), "https://s.test/cb", "web");
      run("");

      ClientRepresentation client = client("saved");
      client.setDescription("edited");
      resource("saved").update(client);

      assertThat(authenticates("saved", basic("saved", SECRET))).isTrue();
      assertThat(outcome(run(""), "saved")).isEqualTo("same");
    }

    @Test
    void endsWhenASecretIsSet() {
      app("reset", hash(SECRET), "https://r.test/cb", "web");
      run("");

      ClientRepresentation client = client("reset");
      client.setSecret("another");
      resource("reset").update(client);

      assertThat(authenticates("reset", basic("reset", SECRET))).isFalse();
      assertThat(authenticates("reset", basic("reset", "another"))).isTrue();
      assertThat(client("reset").getAttributes()).doesNotContainKey("access.tier.secret.sha256");
      assertThat(outcome(run(""), "reset")).isEqualTo("conflicting");
    }

    @Test
    void endsWhenASecretIsMade() {
      app("remade", hash(SECRET), "https://r2.test/cb", "web");
      run("");

      String secret = resource("remade").generateNewSecret().getValue();

      assertThat(authenticates("remade", basic("remade", SECRET))).isFalse();
      assertThat(authenticates("remade", basic("remade", secret))).isTrue();
    }

    @Test
    void mayBeAnAttributeOfAnyClient() {
      ClientRepresentation client = TestRealm.client("by-script");
      client.setSecret(null);
      client.setAttributes(Map.of("access.tier.secret.sha256", hash(SECRET)));
      realm.realm.add(client);

      assertThat(authenticates("by-script", basic("by-script", SECRET))).isTrue();
      ClientRepresentation set = client("by-script");
      set.setSecret("another");
      resource("by-script").update(set);
      assertThat(authenticates("by-script", basic("by-script", SECRET))).isFalse();
    }

    @Test
    void isTakenInTheAllowedPlaceAlone() {
      app("basic-only", hash(SECRET), "https://b.test/cb", "web");
      run("");
      ClientRepresentation client = client("basic-only");
      client
          .getAttributes()
          .put("client.secret.authentication.allowed.method", "client_secret_basic");
      resource("basic-only").update(client);

      assertThat(authenticates("basic-only", basic("basic-only", SECRET))).isTrue();
      assertThat(authenticates("basic-only", post("basic-only", SECRET))).isFalse();
    }
  }

  @Nested
  class AgainRun {

    @Test
    void allIsTheSame() {
      app("again", SECRET, "https://g.test/cb", "web");
      app("again-hashed", hash(SECRET), "https://g.test/cb", "web");
      run("");

      JsonNode report = run("");

      assertThat(report.path("new")).isEmpty();
      assertThat(report.path("authorizationCodes").asInt()).isZero();
      assertThat(report.path("changed")).isEmpty();
      assertThat(outcome(report, "again")).isEqualTo("same");
      assertThat(outcome(report, "again-hashed")).isEqualTo("same");
    }

    @Test
    void aChangedRowChangesTheClientAndNothingOfTheAdmins() {
      app("moving", SECRET, "https://m.test/cb", "web");
      run("");
      admin.put("clients/moving/required-tier", "{\"requiredTier\":\"beta\"}").json(200);
      ClientRepresentation stricter = client("moving");
      stricter.getAttributes().put("pkce.code.challenge.method", "S256");
      resource("moving").update(stricter);
      realm.execute(
          "update auth.oauth_applications set redirect_urls = 'https://m.test/new',"
              + " client_secret = 'another-secret' where client_id = 'moving'");

      assertThat(outcome(run("?requiredTier=founder"), "moving")).isEqualTo("changed");

      ClientRepresentation client = client("moving");
      assertThat(client.getRedirectUris()).containsExactly("https://m.test/new");
      assertThat(client.getSecret()).isEqualTo("another-secret");
      assertThat(client.isConsentRequired()).isTrue();
      assertThat(client.getAttributes())
          .containsEntry("access.tier.required", "beta")
          .containsEntry("pkce.code.challenge.method", "S256");
    }

    @Test
    void aClientThatAnAdminChangedIsLeft() {
      app("edited", SECRET, "https://x.test/cb", "web");
      run("");
      ClientRepresentation client = client("edited");
      client.setRedirectUris(List.of("https://x.test/mine"));
      resource("edited").update(client);
      realm.execute("update auth.oauth_applications set name = 'Other' where client_id = 'edited'");

      JsonNode report = run("");

      assertThat(reason(report, "conflicting", "edited")).contains("changed in Keycloak");
      assertThat(client("edited").getRedirectUris()).containsExactly("https://x.test/mine");
    }

    @Test
    void aVanishedRowIsToldAndItsClientLeft() {
      app("leaving", SECRET, "https://l.test/cb", "web");
      run("");
      realm.execute("delete from auth.oauth_applications where client_id = 'leaving'");

      assertThat(outcome(run(""), "leaving")).isEqualTo("vanished");

      assertThat(client("leaving").isEnabled()).isTrue();
    }
  }

  @Nested
  class IsNotTaken {

    @Test
    void aClientOfAnAdmin() {
      realm.realm.add(TestRealm.client("theirs"));
      app("theirs", SECRET, "https://evil.test/cb", "web");

      assertThat(reason(run(""), "conflicting", "theirs")).contains("somebody else");

      assertThat(client("theirs").getRedirectUris()).containsExactly(Oidc.redirectUri("theirs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"account", "realm-management", "access-tier-console", "other-realm"})
    void aClientOfKeycloak(String clientId) {
      app(clientId, SECRET, "https://evil.test/cb", "web");

      assertThat(outcome(run(""), clientId)).isEqualTo("conflicting");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "https://*.evil.test/cb",
          "https://evil.test/*",
          "https://evil.test/cb#x",
          "javascript:alert(1)",
          "myapp://cb",
          "//evil.test/cb",
          "/cb",
          "https://user@evil.test/cb",
          "https://ok.test/cb,data:text/html",
          "https://evil.test/a b",
          "https:///cb",
          "",
          "[1,",
        })
    void aRedirectUriThatIsNotToBeTrusted(String uris) {
      app("unsafe", SECRET, uris, "web");
      try {
        assertThat(outcome(run(""), "unsafe")).isEqualTo("refused");
        assertThat(realm.keycloak().clients().findByClientId("unsafe")).isEmpty();
      } finally {
        realm.execute("delete from auth.oauth_applications where client_id = 'unsafe'");
      }
    }

    @Test
    void aSchemeOfItsOwnUnlessNative() {
      app("phone", SECRET, "com.example.app:/cb,https://p.test/cb", "native");
      app("bad-phone", SECRET, "javascript:alert(1)", "native");

      JsonNode report = run("");

      assertThat(outcome(report, "phone")).isEqualTo("new");
      assertThat(outcome(report, "bad-phone")).isEqualTo("refused");
    }

    @Test
    void aSecretThatCannotBeRead() {
      app("unreadable", "ab".repeat(60), "https://u.test/cb", "web");

      String reason = reason(run(""), "refused", "unreadable");

      assertThat(reason).contains("secret").doesNotContain("abab");
    }
  }

  @Nested
  class ADryRun {

    @Test
    void saysTheSameAndChangesNothing() {
      app("dry", SECRET, "https://dry.test/cb", "web");
      app("dry-bad", SECRET, "https://dry.test/*", "web");

      JsonNode report = run("?dryRun=true&requiredTier=alpha");

      assertThat(report.path("dryRun").asBoolean()).isTrue();
      assertThat(outcome(report, "dry")).isEqualTo("new");
      assertThat(outcome(report, "dry-bad")).isEqualTo("refused");
      assertThat(realm.keycloak().clients().findByClientId("dry")).isEmpty();
      assertThat(outcome(run(""), "dry")).isEqualTo("new");
    }
  }

  @Nested
  class ASchedule {

    @Test
    void takesNewAppsByItself() {
      try (TierRealm scheduled = new TierRealm(Map.of("applicationsImport", "1"))) {
        scheduled.execute(
            "insert into auth.oauth_applications (id, name, client_id, client_secret,"
                + " redirect_urls) values ('s', 'S', 'by-itself', 'a-secret', 'https://s.test/cb')");

        await()
            .atMost(Duration.ofMinutes(1))
            .untilAsserted(
                () ->
                    assertThat(scheduled.keycloak().clients().findByClientId("by-itself"))
                        .singleElement()
                        .satisfies(client -> assertThat(client.isConsentRequired()).isTrue()));
      }
    }
  }

  @Nested
  class Refuses {

    @Test
    void whoMayNotManageClients() {
      assertThat(realm.as("viewer@example.test").post(IMPORT, "").status()).isEqualTo(403);
      assertThat(realm.asNobody().post(IMPORT, "").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?dryRun=maybe", "?requiredTier=gold", "?trusted=nobody-has-this"})
    void whatItDoesNotUnderstand(String query) {
      assertThat(admin.post(IMPORT + query, "").status()).isEqualTo(400);
    }

    @Test
    void aRealmWithoutTheTables() {
      try (TierRealm without = new TierRealm()) {
        without.execute("drop table auth.oauth_applications");

        Api.Answer answer = without.asMaster().post(IMPORT, "");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).contains("oauth_applications");
      }
    }
  }

  private void app(String clientId, String secret, String uris, String type) {
    realm.execute(
        "insert into auth.oauth_applications (id, name, client_id, client_secret, redirect_urls,"
            + " type) values ('%1$s', 'App %1$s', '%1$s', '%2$s', '%3$s', '%4$s')"
                .formatted(clientId, secret, uris, type));
  }

  private JsonNode run(String query) {
    return admin.post(IMPORT + query, "").json(200);
  }

  /** The one list that names the app. */
  private static String outcome(JsonNode report, String clientId) {
    List<String> lists = new ArrayList<>();
    report
        .fields()
        .forEachRemaining(
            list -> {
              if (names(list.getValue(), clientId)) {
                lists.add(list.getKey());
              }
            });
    assertThat(lists).as(report.toString()).hasSize(1);
    return lists.get(0);
  }

  private static boolean names(JsonNode list, String clientId) {
    return StreamSupport.stream(list.spliterator(), false)
        .anyMatch(app -> clientId.equals(app.path("clientId").asText()));
  }

  private static String reason(JsonNode report, String list, String clientId) {
    return StreamSupport.stream(report.path(list).spliterator(), false)
        .filter(app -> clientId.equals(app.path("clientId").asText()))
        .findFirst()
        .orElseThrow(() -> new AssertionError(report))
        .path("reason")
        .asText();
  }

  private ClientRepresentation client(String clientId) {
    return realm.keycloak().clients().findByClientId(clientId).get(0);
  }

  private ClientResource resource(String clientId) {
    return realm.keycloak().clients().get(client(clientId).getId());
  }

  private String authUrl(String client, String redirect) {
    return realm.realm.oidc().url("/auth")
        + ("?response_type=code&scope=openid&state=s&client_id=" + client)
        + ("&redirect_uri=" + URLEncoder.encode(redirect, StandardCharsets.UTF_8));
  }

  private HTTPResponse codeFor(String client, ClientAuthentication by) {
    Browser.Stop stop =
        new Browser(realm.realm.oidc().realmUrl())
            .signIn(authUrl(client, CALLBACK), "user@example.test");
    return redeem(by, stop.parameter("code"));
  }

  /** Whether the realm takes the secret: then it is the code that it does not know. */
  private boolean authenticates(String client, ClientAuthentication by) {
    assertThat(by.getClientID().getValue()).isEqualTo(client);
    HTTPResponse answer = redeem(by, "no-such-code");
    Object error = Oidc.json(answer).get("error");
    assertThat(error).isIn("invalid_grant", "unauthorized_client", "invalid_client");
    return "invalid_grant".equals(error);
  }

  private HTTPResponse redeem(ClientAuthentication by, String code) {
    return Oidc.send(
        new TokenRequest.Builder(
                URI.create(realm.realm.oidc().url("/token")),
                by,
                new AuthorizationCodeGrant(new AuthorizationCode(code), URI.create(CALLBACK)))
            .build()
            .toHTTPRequest());
  }

  private static ClientAuthentication basic(String client, String secret) {
    return new ClientSecretBasic(new ClientID(client), new Secret(secret));
  }

  private static ClientAuthentication post(String client, String secret) {
    return new ClientSecretPost(new ClientID(client), new Secret(secret));
  }

  private static String hash(String secret) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
