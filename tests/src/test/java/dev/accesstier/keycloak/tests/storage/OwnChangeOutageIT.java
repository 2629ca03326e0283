// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * People change what is theirs while the database of schema {@code auth} takes no write: they are
 * asked to try again, nothing has changed, and then it works.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class OwnChangeOutageIT {

  private static final String DATABASE = "own";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** In what is sent, and so never in an answer or the log. */
  private static final String VALUE = "Vertraulich";

  private WritableRealm realm;
  private PostgresServer postgres;
  private int log;

  @BeforeAll
  void makeRealm() {
    TestServer.shared();
    postgres = PostgresServer.start(TestServer.folder("own-outage-postgres"), 0);
    realm =
        WritableRealm.create(postgres, DATABASE, Map.of(), rep -> rep.setRegistrationAllowed(true));
    var flows = realm.realm().realm().flows();
    var deletion = flows.getRequiredAction("delete_account");
    deletion.setEnabled(true);
    flows.updateRequiredAction("delete_account", deletion);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
    postgres.close();
  }

  @AfterEach
  void nothingInTheLog() {
    assertThat(TestServer.shared().keycloak().log().substring(log)).doesNotContain(VALUE);
  }

  @ParameterizedTest
  @EnumSource
  void whoRegisters(Outage outage) {
    String email = VALUE.toLowerCase(Locale.ROOT) + SampleUser.newId() + "@example.test";
    Browser browser = realm.browser();
    Browser.Stop form =
        browser.open(appUrl("").replace("/openid-connect/auth?", "/openid-connect/registrations?"));
    Map<String, String> fields =
        Map.of(
            "email", email,
            "firstName", VALUE,
            "lastName", "Last",
            "password", VALUE,
            "password-confirm", VALUE);

    assertUnavailable(during(outage, () -> browser.submit(form, fields)));

    assertThat(rowsOf(email)).isEmpty();
    // Keycloak shows a fresh form to who goes back and sends the old one.
    Browser.Stop fresh = browser.submit(form, fields);
    browser.submit(fresh, fields);
    assertThat(rowsOf(email)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void whoSavesTheirAccount(Outage outage) {
    SampleUser user = realm.add("Before Outage");
    AccountApi account =
        new AccountApi(
            TestServer.shared().keycloak().baseUrl() + "/realms/" + realm.realm().name(),
            realm.accessToken(user.email(), WritableRealm.PASSWORD));
    Map<String, Object> profile = account.profile();
    profile.put("firstName", VALUE);

    HttpResponse<String> answer = during(outage, () -> account.save(profile));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body()).contains("temporarily_unavailable").doesNotContain(VALUE);
    assertName(user, "Before Outage");
    assertThat(account.save(profile).statusCode()).isEqualTo(204);
    assertName(user, VALUE + " Outage");
  }

  @ParameterizedTest
  @EnumSource
  void whoIsAskedForTheirProfile(Outage outage) {
    SampleUser user = realm.add("Before Outage");
    realm.change(user.email(), rep -> rep.setRequiredActions(List.of("UPDATE_PROFILE")));
    Browser browser = realm.browser();
    Browser.Stop form = browser.signIn(appUrl(""), user.email(), WritableRealm.PASSWORD);
    Map<String, String> fields = Map.of("firstName", VALUE, "lastName", "Outage");

    assertUnavailable(during(outage, () -> browser.submit(form, fields)));

    assertName(user, "Before Outage");
    assertThat(again(user, fields).parameter("code")).isNotEmpty();
    assertName(user, VALUE + " Outage");
  }

  /** Keycloak shows its form again where the user could still be read. */
  @ParameterizedTest
  @EnumSource
  void whoIsAskedForANewPassword(Outage outage) {
    SampleUser user = realm.add("Before Outage");
    realm.change(user.email(), rep -> rep.setRequiredActions(List.of("UPDATE_PASSWORD")));
    Browser browser = realm.browser();
    Browser.Stop form = browser.signIn(appUrl(""), user.email(), WritableRealm.PASSWORD);
    Map<String, String> fields = Map.of("password-new", VALUE, "password-confirm", VALUE);

    assertAskedToTryAgain(during(outage, () -> browser.submit(form, fields)));

    assertThat(again(user, fields).parameter("code")).isNotEmpty();
    assertThat(realm.signsIn(user.email(), VALUE)).isTrue();
  }

  /** Keycloak answers whatever goes wrong there with a page of its own. */
  @ParameterizedTest
  @EnumSource
  void whoDeletesTheirAccount(Outage outage) {
    SampleUser user = realm.add("Before Outage");
    var account = realm.realm().realm().clients().findByClientId("account").get(0).getId();
    var roles = realm.resource(user.email()).roles().clientLevel(account);
    roles.add(
        roles.listAvailable().stream()
            .filter(role -> role.getName().equals("delete-account"))
            .toList());
    Browser browser = realm.browser();
    browser.signIn(appUrl(""), user.email(), WritableRealm.PASSWORD);
    Browser.Stop form = deletion(browser);

    Browser.Stop page = during(outage, () -> browser.submit(form, Map.of()));

    assertThat(page.page().text())
        .containsAnyOf("Please try again", "error")
        .doesNotContain("jdbc", "SQL");
    assertThat(realm.rows().user(user.id()).columns()).containsEntry("deleted_at", null);
    realm.realm().realm().clearUserCache();
    assertThat(roles.listAll())
        .as("what Keycloak had granted is still there")
        .anyMatch(role -> role.getName().equals("delete-account"));
    Browser fresh = realm.browser();
    fresh.signIn(appUrl(""), user.email(), WritableRealm.PASSWORD);
    fresh.submit(deletion(fresh), Map.of());
    assertThat(realm.rows().user(user.id()).columns().get("deleted_at")).isNotNull();
  }

  /** The form that asks whether to go on; a sign-in of an earlier second has to be repeated. */
  private Browser.Stop deletion(Browser browser) {
    Browser.Stop stop = browser.open(appUrl("&kc_action=delete_account"));
    return stop.page().selectFirst("[name=password]") == null
        ? stop
        : browser.submit(stop, Map.of("password", WritableRealm.PASSWORD));
  }

  /** Until the half second is over in which look-ups fail without asking. */
  private <T> T during(Outage outage, Supplier<T> action) {
    SampleUser witness = realm.add("Wit Ness");
    log = TestServer.shared().keycloak().log().length();
    outage.begin(postgres, DATABASE);
    try {
      return action.get();
    } finally {
      outage.end(postgres, DATABASE);
      await().atMost(LIMIT).until(() -> realm.signsIn(witness.email(), WritableRealm.PASSWORD));
    }
  }

  /** Signs in anew, and sends the form that is asked for then. */
  private Browser.Stop again(SampleUser user, Map<String, String> fields) {
    Browser fresh = realm.browser();
    return fresh.submit(fresh.signIn(appUrl(""), user.email(), WritableRealm.PASSWORD), fields);
  }

  private String appUrl(String extra) {
    return realm.realm().oidc().authUrl(TestRealm.APP, extra);
  }

  private List<?> rowsOf(String email) {
    return realm
        .rows()
        .all("select 1 from auth.users where email = ?", email.toLowerCase(Locale.ROOT));
  }

  private void assertName(SampleUser user, String name) {
    assertThat(realm.rows().user(user.id()).columns()).containsEntry("name", name);
  }

  private static void assertUnavailable(Browser.Stop page) {
    assertThat(page.status()).as(page.body()).isEqualTo(503);
    assertAskedToTryAgain(page);
  }

  private static void assertAskedToTryAgain(Browser.Stop page) {
    assertThat(page.page().text()).contains("Please try again").doesNotContain("jdbc", "SQL");
    assertThat(page.body()).doesNotContain(VALUE);
  }
}
