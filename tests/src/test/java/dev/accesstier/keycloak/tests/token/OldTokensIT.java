// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.devserver.AuthSchemaSql;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.util.JsonSerialization;

/** Access and refresh tokens of {@code oauth_access_tokens}, after the app has moved. */
@TestInstance(Lifecycle.PER_CLASS)
class OldTokensIT {

  private static final String DATABASE = "old_tokens";
  private static final String APP = TestRealm.APP;
  private static final String GATED = "gated";
  private static final String OTHER = "other";
  private static final String CHECKER = "checker";
  private static final String ASKING = "asking";

  private TestRealm realm;
  private AuthRows rows;
  private SampleUsers users;

  @BeforeAll
  void makeRealm() {
    PostgresServer postgres = TestServer.shared().postgres();
    DataSource database = postgres.createDatabase(DATABASE);
    AuthSchemaSql.apply(database);
    rows = new AuthRows(database);
    users = new SampleUsers(database);
    realm =
        TestRealm.create(
            Map.of(
                "jdbcUrl",
                postgres.jdbcUrl(DATABASE),
                "username",
                PostgresServer.USER,
                "editMode",
                "WRITABLE",
                "legacyTokens",
                "true"),
            rep -> {
              rep.setEnabledEventTypes(
                  List.of("REFRESH_TOKEN", "REVOKE_GRANT", "INTROSPECT_TOKEN_ERROR"));
              RealmRepresentation shipped = shipped();
              rep.setParsedClientProfiles(shipped.getParsedClientProfiles());
              rep.setParsedClientPolicies(shipped.getParsedClientPolicies());
            });
    realm.add(TestRealm.client(OTHER));
    realm.add(with(GATED, Map.of("access.tier.required", "alpha")));
    realm.add(with(CHECKER, Map.of("access.tier.legacy-introspect", "true")));
    ClientRepresentation asking = TestRealm.client(ASKING);
    asking.setConsentRequired(true);
    realm.add(asking);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private static RealmRepresentation shipped() {
    try {
      return JsonSerialization.readValue(
          Files.readString(TestServer.realmExport("mana-realm.json")), RealmRepresentation.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ClientRepresentation with(String clientId, Map<String, String> attributes) {
    ClientRepresentation client = TestRealm.client(clientId);
    client.setAttributes(new HashMap<>(attributes));
    return client;
  }

  @Nested
  class AnAccessToken {

    @Test
    void isActiveForItsOwnClient() {
      Issued old = issued(APP, "beta");

      Map<String, Object> said = introspected(APP, old.access());

      assertThat(said)
          .containsEntry("active", true)
          .containsEntry("token_type", "Bearer")
          .containsEntry("iss", realm.oidc().realmUrl())
          .containsEntry("sub", old.user())
          .containsEntry("client_id", APP)
          .containsEntry("scope", "openid email offline_access")
          .containsKeys("exp", "iat", "username");
    }

    @Test
    void isActiveForWhoMayAskForAll() {
      assertThat(introspected(CHECKER, issued(APP, "beta").access())).containsEntry("active", true);
    }

    @Test
    void isInactiveForAnother() {
      assertThat(introspected(OTHER, issued(APP, "beta").access()))
          .containsOnly(Map.entry("active", false));
    }

    @Test
    void isInactiveAfterItExpired() {
      Issued old = issued(APP, "beta");
      rows.write(
          "update auth.oauth_access_tokens set access_token_expires_at = now() - interval '1 s'"
              + " where access_token = ?",
          old.access());

      assertThat(introspected(APP, old.access())).containsOnly(Map.entry("active", false));
    }

    @Test
    void isInactiveBelowTheRequiredTier() {
      Issued old = issued(GATED, "founder");
      assertThat(introspected(GATED, old.access())).containsEntry("active", true);
      rows.write("update auth.users set access_tier = 'public' where id = ?", old.user());

      assertThat(introspected(GATED, old.access())).containsOnly(Map.entry("active", false));
      assertThat(lastEvent("INTROSPECT_TOKEN_ERROR").getDetails())
          .containsEntry("reason", "access_tier");
    }

    @Test
    void isInactiveOfADeletedUser() {
      Issued old = issued(APP, "beta");
      assertThat(introspected(APP, old.access())).containsEntry("active", true);
      rows.write("update auth.users set deleted_at = now() where id = ?", old.user());

      assertThat(introspected(APP, old.access())).containsOnly(Map.entry("active", false));
    }

    @Test
    void isInactiveAfterANotBeforePolicy() {
      Issued old = issued(APP, "beta");
      rows.write(
          "update auth.oauth_access_tokens set created_at = now() - interval '1 hour'"
              + " where access_token = ?",
          old.access());
      String id = realm.user(old.email()).getId();
      realm.realm().users().get(id).logout();

      assertThat(introspected(APP, old.access())).containsOnly(Map.entry("active", false));
    }

    @Test
    void andARefreshTokenIsNone() {
      assertThat(introspected(APP, issued(APP, "beta").refresh()))
          .containsOnly(Map.entry("active", false));
    }
  }

  @Nested
  class ARefreshToken {

    @Test
    void isExchangedOnceForTokensOfKeycloak() {
      Issued old = issued(APP, "beta");

      OIDCTokens tokens = Oidc.tokens(refreshed(APP, old.refresh(), ""));

      Map<String, Object> claims = Oidc.claims(tokens.getAccessToken());
      assertThat(claims)
          .containsEntry("sub", old.user())
          .containsEntry("azp", APP)
          .containsEntry("access_tier", "beta");
      assertThat(String.valueOf(claims.get("scope"))).contains("openid", "email", "offline_access");
      assertThat(rows.all("select 1 from auth.oauth_access_tokens where id = ?", old.id()))
          .isEmpty();
      assertRefused(refreshed(APP, old.refresh(), ""), "invalid_grant");
      assertThat(
              Oidc.tokens(refreshed(APP, tokens.getRefreshToken().getValue(), "")).getAccessToken())
          .isNotNull();
      assertThat(realm.oidc().userInfo(tokens.getAccessToken()).indicatesSuccess()).isTrue();
    }

    @Test
    void givesNoMoreThanWasGranted() {
      Issued old = issued(APP, "beta", "openid");

      assertRefused(refreshed(APP, old.refresh(), "openid email"), "invalid_scope");

      OIDCTokens tokens = Oidc.tokens(refreshed(APP, old.refresh(), ""));
      assertThat(tokens.getRefreshToken()).isNotNull();
      assertThat(String.valueOf(Oidc.claims(tokens.getAccessToken()).get("scope")))
          .doesNotContain("offline_access");
    }

    @Test
    void leavesOutScopesThatTheClientDoesNotHave() {
      Issued old = issued(APP, "beta", "openid admin:everything");

      OIDCTokens tokens = Oidc.tokens(refreshed(APP, old.refresh(), ""));

      assertThat(String.valueOf(Oidc.claims(tokens.getAccessToken()).get("scope")))
          .doesNotContain("admin:everything");
    }

    @Test
    void ofAnotherClientIsNotKnown() {
      Issued old = issued(APP, "beta");

      assertRefused(refreshed(OTHER, old.refresh(), ""), "invalid_grant");

      assertThat(isThere(old)).isTrue();
    }

    @Test
    void thatExpiredIsNotKnown() {
      Issued old = issued(APP, "beta");
      rows.write(
          "update auth.oauth_access_tokens set refresh_token_expires_at = now() where id = ?",
          old.id());

      assertRefused(refreshed(APP, old.refresh(), ""), "invalid_grant");
    }

    @Test
    void ofADeletedUserIsNotKnown() {
      Issued old = issued(APP, "beta");
      rows.write("update auth.users set deleted_at = now() where id = ?", old.user());

      assertRefused(refreshed(APP, old.refresh(), ""), "invalid_grant");
      assertThat(isThere(old)).isTrue();
    }

    @Test
    void belowTheRequiredTierIsKept() {
      Issued old = issued(GATED, "public");

      assertRefused(refreshed(GATED, old.refresh(), ""), "access_denied");

      assertThat(isThere(old)).isTrue();
      rows.write("update auth.users set access_tier = 'alpha' where id = ?", old.user());
      assertThat(refreshed(GATED, old.refresh(), "").indicatesSuccess()).isTrue();
    }

    @Test
    void withoutConsentIsKept() {
      Issued old = issued(ASKING, "beta");

      assertRefused(refreshed(ASKING, old.refresh(), ""), "invalid_grant");

      assertThat(isThere(old)).isTrue();
    }

    @Test
    void ofTwoAtOnceWorksForOne() {
      for (int round = 0; round < 5; round++) {
        Issued old = issued(APP, "beta");
        List<CompletableFuture<HTTPResponse>> both =
            Stream.of(1, 2)
                .map(i -> CompletableFuture.supplyAsync(() -> refreshed(APP, old.refresh(), "")))
                .toList();

        assertThat(both.stream().map(CompletableFuture::join).map(HTTPResponse::indicatesSuccess))
            .containsExactlyInAnyOrder(true, false);
        String id = realm.user(old.email()).getId();
        assertThat(realm.realm().users().get(id).getUserSessions()).hasSizeLessThanOrEqualTo(1);
      }
    }

    @Test
    void isAnEventOfTheUser() {
      Issued old = issued(APP, "beta");
      Oidc.tokens(refreshed(APP, old.refresh(), ""));

      EventRepresentation event = lastEvent("REFRESH_TOKEN");

      assertThat(event.getUserId()).endsWith(old.user());
      assertThat(event.getDetails())
          .containsEntry("legacy_token", "true")
          .doesNotContainValue(old.refresh());
    }
  }

  @Nested
  class Revocation {

    @Test
    void byItsOwnClientTakesBothAway() {
      Issued first = issued(APP, "beta");
      assertThat(revoked(APP, first.refresh())).isEqualTo(200);
      assertThat(isThere(first)).isFalse();
      Issued second = issued(APP, "beta");
      assertThat(revoked(APP, second.access())).isEqualTo(200);
      assertThat(isThere(second)).isFalse();
      assertThat(introspected(APP, second.access())).containsEntry("active", false);
      assertThat(lastEvent("REVOKE_GRANT").getClientId()).isEqualTo(APP);
    }

    @Test
    void byAnotherChangesNothing() {
      Issued old = issued(APP, "beta");

      assertThat(revoked(OTHER, old.refresh())).isEqualTo(200);

      assertThat(isThere(old)).isTrue();
    }
  }

  @Nested
  class TheOption {

    @Test
    void isOffByDefault() {
      Issued old = issued(APP, "beta");
      try (TestRealm off = over(Map.of("editMode", "WRITABLE"))) {
        HTTPResponse answer = off.oidc().introspect(APP, new BearerAccessToken(old.access()));
        assertThat(Oidc.json(answer)).containsOnly(Map.entry("active", false));
        assertRefused(
            off.oidc().grant(APP, new RefreshTokenGrant(new RefreshToken(old.refresh())), ""),
            "invalid_grant");
        assertThat(isThere(old)).isTrue();
      }
    }

    @Test
    void isRefusedWhereNothingIsWritten() {
      try (TestRealm other = over(Map.of())) {
        assertThatThrownBy(() -> other.configure(Map.of("legacyTokens", "true")))
            .isInstanceOf(BadRequestException.class);
        other.configure(Map.of("legacyTokens", "true", "editMode", "WRITABLE"));
      }
    }

    @Test
    void withoutItsTableBreaksNothing() {
      PostgresServer postgres = TestServer.shared().postgres();
      DataSource database = postgres.createDatabase("no_old_tokens");
      AuthSchemaSql.apply(database);
      new AuthRows(database).write("drop table auth.oauth_access_tokens");
      try (TestRealm without =
          TestRealm.create(
              Map.of(
                  "jdbcUrl",
                  postgres.jdbcUrl("no_old_tokens"),
                  "username",
                  PostgresServer.USER,
                  "editMode",
                  "WRITABLE",
                  "legacyTokens",
                  "true"),
              rep -> {})) {
        HTTPResponse answer =
            without
                .oidc()
                .introspect(APP, new BearerAccessToken("abcdefghijklmnopqrstuvwxyzABCDEF"));
        assertThat(Oidc.json(answer)).containsOnly(Map.entry("active", false));
        assertThat(status(without)).contains("table oauth_access_tokens is missing");
      }
    }

    private TestRealm over(Map<String, String> config) {
      Map<String, String> all = new HashMap<>(config);
      all.put("jdbcUrl", TestServer.shared().postgres().jdbcUrl(DATABASE));
      all.put("username", PostgresServer.USER);
      return TestRealm.create(all, rep -> {});
    }
  }

  @Test
  void statusSaysWhatIsLeft() {
    issued("left-app", "beta");
    issued("left-app", "beta");

    assertThat(status(realm))
        .contains("\"clientId\":\"left-app\",\"refreshTokens\":2,\"lastIssued\":\"20");
  }

  private static String status(TestRealm realm) {
    TestServer server = TestServer.shared();
    HTTPRequest request =
        new HTTPRequest(
            HTTPRequest.Method.GET,
            URI.create(
                server.keycloak().baseUrl()
                    + "/admin/realms/"
                    + realm.name()
                    + "/access-tier/status"));
    request.setAuthorization("Bearer " + server.admin().tokenManager().getAccessTokenString());
    return Oidc.send(request).getBody();
  }

  /** What Better Auth gave an app. */
  record Issued(String id, String user, String email, String access, String refresh) {}

  private Issued issued(String clientId, String tier) {
    return issued(clientId, tier, "openid email offline_access");
  }

  private Issued issued(String clientId, String tier, String scopes) {
    SampleUser user = SampleUser.of(UUID.randomUUID() + "@example.test", "Olga Old").tier(tier);
    users.add(user);
    Issued issued =
        new Issued(
            SampleUser.newId(), user.id(), user.email(), SampleUser.newId(), SampleUser.newId());
    rows.write(
        "insert into auth.oauth_access_tokens (id, access_token, refresh_token,"
            + " access_token_expires_at, refresh_token_expires_at, client_id, user_id, scopes)"
            + " values (?, ?, ?, now() + interval '1 hour', now() + interval '7 days', ?, ?, ?)",
        issued.id(),
        issued.access(),
        issued.refresh(),
        clientId,
        issued.user(),
        scopes);
    return issued;
  }

  private boolean isThere(Issued old) {
    return !rows.all("select 1 from auth.oauth_access_tokens where id = ?", old.id()).isEmpty();
  }

  private Map<String, Object> introspected(String client, String token) {
    return Oidc.json(realm.oidc().introspect(client, new BearerAccessToken(token)));
  }

  private HTTPResponse refreshed(String client, String token, String scope) {
    return realm.oidc().grant(client, new RefreshTokenGrant(new RefreshToken(token)), scope);
  }

  private int revoked(String client, String token) {
    HTTPRequest request =
        new HTTPRequest(HTTPRequest.Method.POST, URI.create(realm.oidc().url("/revoke")));
    request.setHeader("Content-Type", "application/x-www-form-urlencoded");
    request.setHeader(
        "Authorization",
        new ClientSecretBasic(new ClientID(client), new Secret(Oidc.SECRET))
            .toHTTPAuthorizationHeader());
    request.setBody("token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
    return Oidc.send(request).getStatusCode();
  }

  private static void assertRefused(HTTPResponse answer, String error) {
    assertThat(answer.getStatusCode()).isEqualTo(400);
    assertThat(Oidc.json(answer)).containsEntry("error", error);
  }

  private EventRepresentation lastEvent(String type) {
    return realm.realm().getEvents(List.of(type), null, null, null, null, null, 0, 1).get(0);
  }
}
