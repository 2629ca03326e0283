// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.ResourceOwnerPasswordCredentialsGrant;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentRepresentation;

/**
 * The tier of a signed-in user cannot be read: neither let through nor told that the tier is
 * missing.
 */
@TestInstance(Lifecycle.PER_CLASS)
class GateOutageIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Fixture.User ALPHA = Fixture.known().user("alpha-user");

  private final GateRealm realm = GateRealm.create();
  private PostgresServer postgres;
  private Browser browser;
  private OIDCTokens tokens;

  @BeforeAll
  void addUsers() {
    postgres = PostgresServer.start(TestServer.folder("gate-outage-postgres"), 0);
    Fixture.load(postgres.createDatabase("app"));
    ComponentRepresentation component = new ComponentRepresentation();
    component.setName("Better Auth");
    component.setProviderId(TestRealm.AUTH_SCHEMA);
    component.setProviderType("org.keycloak.storage.UserStorageProvider");
    MultivaluedHashMap<String, String> config = new MultivaluedHashMap<>();
    config.putSingle("enabled", "true");
    config.putSingle("jdbcUrl", postgres.jdbcUrl("app"));
    config.putSingle("username", PostgresServer.USER);
    config.putSingle("betterAuthSecret", Fixture.known().secret());
    component.setConfig(config);
    realm.realm().components().add(component).close();
  }

  @AfterAll
  void remove() {
    realm.close();
    postgres.close();
  }

  @BeforeEach
  void signInAndStopTheDatabase() {
    tokens =
        Oidc.tokens(
            await().atMost(LIMIT).until(this::login, login -> login.getStatusCode() == 200));
    browser = new Browser(realm.base);
    Stop signedIn = browser.signIn(realm.authUrl("open", ""), ALPHA.email(), ALPHA.knownPassword());
    assertThat(signedIn.parameter("code")).isNotEmpty();
    postgres.stop();
  }

  @AfterEach
  void startTheDatabase() {
    postgres.start();
    assertThat(realm.realm().getEvents())
        .as("an outage is never told as a missing tier or a wrong password")
        .noneMatch(event -> "access_denied".equals(event.getError()))
        .noneMatch(event -> "invalid_user_credentials".equals(event.getError()));
  }

  @Test
  void refreshIsTemporarilyUnavailable() {
    assertUnavailable(realm.refresh("gated", tokens.getRefreshToken()));
  }

  @Test
  void introspectionIsTemporarilyUnavailable() {
    assertUnavailable(realm.oidc().introspect("gated", tokens.getAccessToken()));
  }

  @Test
  void userInfoIsTemporarilyUnavailable() {
    assertUnavailable(realm.oidc().userInfo(tokens.getAccessToken()));
  }

  @Test
  void browserSeesAPageThatSaysTryAgainAndMayDoSo() {
    Stop stop = browser.open(realm.authUrl("gated", ""));

    assertThat(stop.status()).isEqualTo(503);
    assertThat(stop.isDeniedPage()).isFalse();
    assertThat(stop.page().text())
        .contains("Your access cannot be checked at the moment. Please try again");

    postgres.start();
    await()
        .atMost(LIMIT)
        .until(() -> !browser.open(realm.authUrl("gated", "")).parameter("code").isEmpty());
    postgres.stop();
  }

  @Test
  void promptNoneGoesBackToTheApp() {
    Stop stop = browser.open(realm.authUrl("gated", "&prompt=none"));

    assertThat(stop.parameter("error")).as(stop.toString()).isEqualTo("interaction_required");
    assertThat(stop.parameter("code")).isEmpty();
  }

  @Test
  void openAppIsNotClosedByIt() {
    Stop stop = browser.open(realm.authUrl("open", ""));

    assertThat(stop.parameter("code")).as(stop.toString()).isNotEmpty();
  }

  private HTTPResponse login() {
    return realm
        .oidc()
        .grant(
            "gated",
            new ResourceOwnerPasswordCredentialsGrant(
                ALPHA.email(), new Secret(ALPHA.knownPassword())),
            "openid to-gated");
  }

  private static void assertUnavailable(HTTPResponse response) {
    assertThat(response.getStatusCode()).as(response.getBody()).isEqualTo(503);
    assertThat(Oidc.json(response)).containsEntry("error", "temporarily_unavailable");
  }
}
