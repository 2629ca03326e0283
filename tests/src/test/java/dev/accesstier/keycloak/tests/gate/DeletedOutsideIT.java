// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.ResourceOwnerPasswordCredentialsGrant;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentRepresentation;

/**
 * Another service deletes a user who is signed in here and in Keycloak's user cache: nothing goes
 * on from the next request on.
 */
@TestInstance(Lifecycle.PER_CLASS)
class DeletedOutsideIT {

  private static final Fixture.User SAMPLE = Fixture.known().user("alpha-user");

  /** How the other service does it. */
  enum Deletion {
    SOFT("update auth.users set deleted_at = now() where id = ?"),
    HARD("delete from auth.users where id = ?");

    private final String sql;

    Deletion(String sql) {
      this.sql = sql;
    }
  }

  /** A user with a row of their own, signed in with the sample's password. */
  private record User(String id, String email) {}

  private final GateRealm realm = GateRealm.create();
  private AuthRows rows;

  @BeforeAll
  void addUsers() {
    PostgresServer postgres = TestServer.shared().postgres();
    String name = "deleted_" + UUID.randomUUID().toString().substring(0, 8);
    DataSource database = postgres.createDatabase(name);
    Fixture.load(database);
    rows = new AuthRows(database);
    ComponentRepresentation component = new ComponentRepresentation();
    component.setName("Better Auth");
    component.setProviderId(TestRealm.AUTH_SCHEMA);
    component.setProviderType("org.keycloak.storage.UserStorageProvider");
    MultivaluedHashMap<String, String> config = new MultivaluedHashMap<>();
    config.putSingle("enabled", "true");
    config.putSingle("jdbcUrl", postgres.jdbcUrl(name));
    config.putSingle("username", PostgresServer.USER);
    config.putSingle("betterAuthSecret", Fixture.known().secret());
    component.setConfig(config);
    try (Response added = realm.realm().components().add(component)) {
      assertThat(added.getStatus()).isEqualTo(201);
    }
    // Keycloak tells a client only of tokens that are meant for it.
    for (String client : new String[] {"open", "gated"}) {
      realm.client(client).getProtocolMappers().createMapper(TestRealm.ownAudience(client)).close();
    }
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private User user() {
    String id = UUID.randomUUID().toString();
    String email = id + "@example.test";
    rows.addLike(SAMPLE, id, email);
    return new User(id, email);
  }

  private void delete(User user, Deletion how) {
    assertThat(rows.write(how.sql, user.id())).isEqualTo(1);
  }

  private OIDCTokens signIn(User user, String client, String scope) {
    return Oidc.tokens(
        realm
            .oidc()
            .grant(
                client,
                new ResourceOwnerPasswordCredentialsGrant(
                    user.email(), new Secret(SAMPLE.knownPassword())),
                scope));
  }

  private static void assertInvalidGrant(HTTPResponse response) {
    assertThat(response.getStatusCode()).as(response.getBody()).isEqualTo(400);
    assertThat(Oidc.json(response))
        .containsEntry("error", "invalid_grant")
        .containsEntry("error_description", "User disabled");
  }

  @ParameterizedTest
  @CsvSource({
    "SOFT,open,openid",
    "SOFT,gated,openid",
    "SOFT,open,openid offline_access",
    "HARD,open,openid",
    "HARD,gated,openid",
    "HARD,open,openid offline_access"
  })
  void refresh(Deletion how, String client, String scope) {
    User user = user();
    OIDCTokens first = signIn(user, client, scope);
    OIDCTokens tokens = Oidc.tokens(realm.refresh(client, first.getRefreshToken()));

    delete(user, how);

    assertInvalidGrant(realm.refresh(client, tokens.getRefreshToken()));
    assertThat(realm.realm().getEvents())
        .filteredOn(event -> "user_disabled".equals(event.getError()))
        .anySatisfy(
            event -> {
              assertThat(event.getType()).isEqualTo("REFRESH_TOKEN_ERROR");
              assertThat(event.getUserId()).endsWith(user.id());
            });
  }

  @ParameterizedTest
  @EnumSource
  void code(Deletion how) {
    User user = user();
    Browser browser = new Browser(realm.base);
    Stop stop = browser.signIn(realm.authUrl("open", ""), user.email(), SAMPLE.knownPassword());

    delete(user, how);

    assertInvalidGrant(realm.oidc().code("open", stop.parameter("code")));
  }

  @ParameterizedTest
  @EnumSource
  void userInfo(Deletion how) {
    User user = user();
    OIDCTokens tokens = signIn(user, "open", "openid");
    assertThat(realm.oidc().userInfo(tokens.getAccessToken()).getStatusCode()).isEqualTo(200);

    delete(user, how);

    HTTPResponse response = realm.oidc().userInfo(tokens.getAccessToken());
    assertThat(response.getStatusCode()).isEqualTo(401);
    assertThat(response.getHeaderValue("WWW-Authenticate"))
        .startsWith("Bearer ")
        .contains("error=\"invalid_token\"", "error_description=\"User disabled\"");
  }

  @ParameterizedTest
  @CsvSource({"SOFT,open", "SOFT,gated", "HARD,open", "HARD,gated"})
  void introspection(Deletion how, String client) {
    User user = user();
    OIDCTokens tokens = signIn(user, client, "openid");
    assertThat(Oidc.json(realm.oidc().introspect(client, tokens.getAccessToken())))
        .containsEntry("active", true);

    delete(user, how);

    assertThat(realm.oidc().introspect(client, tokens.getAccessToken()).getBody())
        .isEqualToIgnoringWhitespace("{\"active\":false}");
  }

  @ParameterizedTest
  @EnumSource
  void singleSignOn(Deletion how) {
    User user = user();
    Browser browser = new Browser(realm.base);
    browser.signIn(realm.authUrl("open", ""), user.email(), SAMPLE.knownPassword());
    assertThat(browser.open(realm.authUrl("open", "")).parameter("code")).isNotEmpty();

    delete(user, how);

    Stop again = browser.open(realm.authUrl("open", ""));
    assertThat(again.parameter("code")).isEmpty();
    assertThat(again.page().select("input[name=password]")).as(again.body()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void silentSingleSignOn(Deletion how) {
    User user = user();
    Browser browser = new Browser(realm.base);
    browser.signIn(realm.authUrl("open", ""), user.email(), SAMPLE.knownPassword());

    delete(user, how);

    assertThat(browser.open(realm.authUrl("open", "&prompt=none")).parameter("error"))
        .isEqualTo("login_required");
  }

  @ParameterizedTest
  @EnumSource
  void umaDecision(Deletion how) throws Exception {
    User user = user();
    OIDCTokens tokens = signIn(user, "open", "openid");

    delete(user, how);

    assertInvalidGrant(
        UmaGateIT.byBearer(
                realm, tokens.getAccessToken(), "&audience=gated-api&response_mode=decision")
            .send());
  }
}
