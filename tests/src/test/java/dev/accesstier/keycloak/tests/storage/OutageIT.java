// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.EventRepresentation;

/** The database of schema {@code auth} is gone, while Keycloak's own goes on. */
@TestInstance(Lifecycle.PER_CLASS)
final class OutageIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");
  private static final Fixture.User ALPHA = Fixture.known().user("alpha-user");

  private PostgresServer postgres;
  private TestRealm realm;

  @BeforeAll
  void makeRealm() {
    TestServer.shared();
    postgres = PostgresServer.start(TestServer.folder("outage-postgres"), 0);
    Fixture.load(postgres.createDatabase("app"));
    realm =
        TestRealm.create(
            Map.of("jdbcUrl", postgres.jdbcUrl("app"), "username", PostgresServer.USER),
            rep -> {
              rep.setBruteForceProtected(true);
              rep.setFailureFactor(2);
            });
  }

  @AfterAll
  void removeRealm() {
    realm.close();
    postgres.close();
  }

  @BeforeEach
  void database() {
    postgres.stop();
    startDatabase();
  }

  /** Until the half second is over in which look-ups fail without asking. */
  private void startDatabase() {
    postgres.start();
    await().atMost(Duration.ofSeconds(10)).until(() -> login(BETA).getStatusCode() == 200);
  }

  @Test
  void aLoginIsTemporarilyUnavailable() {
    postgres.stop();
    assertUnavailable(login(BETA));
    assertUnavailable(login(ALPHA));
  }

  @Test
  void aRefreshIsTemporarilyUnavailableAndWorksAgainAfterwards() {
    OIDCTokens tokens = Oidc.tokens(login(BETA));
    postgres.stop();
    assertUnavailable(realm.oidc().refresh(TestRealm.APP, tokens.getRefreshToken()));
    startDatabase();
    Oidc.tokens(realm.oidc().refresh(TestRealm.APP, tokens.getRefreshToken()));
  }

  @Test
  void aBrowserSeesAPageThatSaysSo() {
    Browser browser = new Browser(TestServer.shared().keycloak().baseUrl());
    Browser.Stop form = browser.open(realm.oidc().authUrl(TestRealm.APP, ""));
    postgres.stop();
    Browser.Stop page =
        browser.submit(form, Map.of("username", BETA.email(), "password", BETA.knownPassword()));
    assertThat(page.status()).isEqualTo(503);
    assertThat(page.page().selectFirst("html")).isNotNull();
    assertThat(page.body())
        .doesNotContain("Invalid username or password")
        .doesNotContain("jdbc")
        .doesNotContain("Exception");
    startDatabase();
    // Keycloak shows a fresh form to who goes back and sends the old one.
    Browser.Stop fresh =
        browser.submit(form, Map.of("username", BETA.email(), "password", BETA.knownPassword()));
    Browser.Stop in =
        browser.submit(fresh, Map.of("username", BETA.email(), "password", BETA.knownPassword()));
    assertThat(in.parameter("code")).as(in.page().text()).isNotEmpty();
  }

  @Test
  void itCountsForNoLock() {
    postgres.stop();
    for (int i = 0; i < 5; i++) {
      assertUnavailable(login(ALPHA));
    }
    startDatabase();
    Oidc.tokens(login(ALPHA));
    List<EventRepresentation> events =
        realm.realm().getEvents(List.of("LOGIN_ERROR"), null, null, null, null, null, null, null);
    assertThat(events)
        .extracting(EventRepresentation::getError)
        .doesNotContain("user_not_found", "invalid_user_credentials", "user_temporarily_disabled");
  }

  @Test
  void theConsoleStillListsAndTheComponentCanBeSwitchedOff() {
    postgres.stop();
    assertThat(realm.realm().users().search("beta", 0, 10)).isEmpty();
    realm.configure(Map.of("enabled", "false"));
    assertThat(realm.component().getConfig().getFirst("enabled")).isEqualTo("false");
    postgres.start();
    realm.configure(Map.of("enabled", "true"));
    await().until(() -> login(BETA).getStatusCode() == 200);
    assertThat(realm.realm().users().search("beta", 0, 10)).hasSize(3);
  }

  @Test
  void aRestartOfTheDatabaseIsNotSeenByALogin() {
    Oidc.tokens(login(BETA));
    postgres.stop();
    postgres.start();
    Oidc.tokens(login(BETA));
  }

  private HTTPResponse login(Fixture.User user) {
    return realm.oidc().password(TestRealm.APP, user.email(), user.knownPassword());
  }

  static void assertUnavailable(HTTPResponse response) {
    assertThat(response.getStatusCode()).as(response.getBody()).isEqualTo(503);
    assertThat(Oidc.json(response)).containsEntry("error", "temporarily_unavailable");
  }
}
