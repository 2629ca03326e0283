// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Signing out of Keycloak reaches the sessions of Better Auth. */
@TestInstance(Lifecycle.PER_CLASS)
final class RevocationIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");
  private static final Fixture.User ALPHA = Fixture.known().user("alpha-user");

  private static final Fixture.User GONE = Fixture.known().user("public-service");

  private LoginRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = LoginRealm.create("WRITABLE");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private static UserResource user(LoginRealm realm, Fixture.User user) {
    return realm.realm.realm().users().get(realm.realm.user(user.email()).getId());
  }

  private static void assertSignedIn(Stop stop) {
    assertThat(stop.parameter("code")).as(stop.uri() + stop.body()).isNotEmpty();
  }

  private static void assertAskedForPassword(Stop stop) {
    assertThat(stop.page().selectFirst("[name=password]")).as(stop.uri().toString()).isNotNull();
  }

  private static OIDCTokens tokens(LoginRealm realm, Stop stop) {
    return Oidc.tokens(realm.oidc().code(TestRealm.APP, stop.parameter("code")));
  }

  /** What the account console sends. */
  private static int deleteSessions(LoginRealm realm, String path, OIDCTokens tokens) {
    return deleteSessions(realm, path, tokens.getAccessToken().getValue());
  }

  private static int deleteSessions(LoginRealm realm, String path, String accessToken) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(realm.oidc().realmUrl() + "/account/sessions" + path))
            .header("Authorization", "Bearer " + accessToken)
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .DELETE()
            .build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void signOut(LoginRealm realm, Browser browser, OIDCTokens tokens) {
    browser.open(realm.oidc().url("/logout") + "?id_token_hint=" + tokens.getIDTokenString());
  }

  @Nested
  class AllSessionsEnd {

    private final String token = realm.session(BETA, "1 hour");
    private final String another = realm.session(BETA, "3 days");
    private final String ofAnotherUser = realm.session(ALPHA, "1 hour");

    private void assertAllEnded() {
      assertThat(realm.isEnded(token)).isTrue();
      assertThat(realm.isEnded(another)).isTrue();
      assertThat(realm.isLive(ofAnotherUser)).isTrue();
      assertAskedForPassword(realm.openApp(realm.browser(token)));
    }

    @Test
    void whenAnAdminSignsTheUserOut() {
      user(realm, BETA).logout();

      assertAllEnded();
    }

    @Test
    void whenAnAdminSetsAPassword() {
      CredentialRepresentation password = new CredentialRepresentation();
      password.setType(CredentialRepresentation.PASSWORD);
      password.setValue(BETA.knownPassword());
      user(realm, BETA).resetPassword(password);

      assertAllEnded();
    }

    /** Scripts send it along with the profile, and Keycloak reports an update of the user. */
    @Test
    void whenAnAdminSetsAPasswordWithTheProfile() {
      CredentialRepresentation password = new CredentialRepresentation();
      password.setType(CredentialRepresentation.PASSWORD);
      password.setValue(BETA.knownPassword());
      UserRepresentation representation = user(realm, BETA).toRepresentation();
      representation.setCredentials(List.of(password));
      user(realm, BETA).update(representation);

      assertAllEnded();
    }

    /** Keycloak's page for a new password, as a reset or an app asks for it. */
    @Test
    void whenTheUserChangesThePassword() {
      UserRepresentation user = user(realm, BETA).toRepresentation();
      user.setRequiredActions(List.of("UPDATE_PASSWORD"));
      user(realm, BETA).update(user);
      Browser browser = realm.browser(token);

      assertSignedIn(
          browser.submit(
              realm.openApp(browser),
              Map.of(
                  "password-new", BETA.knownPassword(),
                  "password-confirm", BETA.knownPassword())));

      assertAllEnded();
    }

    @Test
    void whenAnAdminDeletesTheUser() {
      String id = realm.realm.user(GONE.email()).getId();
      String ofTheGone = realm.session(GONE, "1 hour");

      realm.realm.realm().users().delete(id).close();

      assertThat(realm.isEnded(ofTheGone)).isTrue();
      assertThat(realm.isLive(token)).isTrue();
    }

    @Test
    void whenAnAdminDisablesTheUser() {
      UserRepresentation user = user(realm, BETA).toRepresentation();
      user.setEnabled(false);
      user(realm, BETA).update(user);
      try {
        assertAllEnded();
      } finally {
        user.setEnabled(true);
        user(realm, BETA).update(user);
      }
    }

    /** Keycloak reports nothing here, because the caller has no other session. */
    @Test
    void whenTheUserSignsOutEverywhere() {
      OIDCTokens tokens =
          Oidc.tokens(realm.oidc().password(TestRealm.APP, BETA.email(), BETA.knownPassword()));

      assertThat(deleteSessions(realm, "", tokens)).isEqualTo(204);

      assertAllEnded();
    }

    @Test
    void whenTheUserSignsOutEverywhereAndHere() {
      OIDCTokens tokens = tokens(realm, realm.openApp(realm.browser(token)));

      assertThat(deleteSessions(realm, "?current=true", tokens)).isEqualTo(204);

      assertAllEnded();
    }
  }

  @Test
  void ofEveryoneWhenAnAdminSignsEveryoneOut() {
    String beta = realm.session(BETA, "1 hour");
    String alpha = realm.session(ALPHA, "1 hour");

    realm.realm.realm().logoutAll();

    assertThat(realm.isEnded(beta)).isTrue();
    assertThat(realm.isEnded(alpha)).isTrue();
    assertThat(
            realm.query(
                "select 1 from auth.sessions where revoked_at is null and expires_at > now()"))
        .isEmpty();
  }

  @Nested
  class NothingEnds {

    private final String token = realm.session(BETA, "1 hour");

    @Test
    void whenACallerWithoutATokenOfThisRealmAsks() {
      assertThat(deleteSessions(realm, "", "not-a-token")).isEqualTo(401);

      assertThat(realm.isLive(token)).isTrue();
    }

    @Test
    void whenAnAdminChangesSomethingElse() {
      UserRepresentation user = user(realm, BETA).toRepresentation();
      user(realm, BETA).update(user);

      assertThat(realm.isLive(token)).isTrue();
    }

    /** The browser brings a session of somebody else, who has not signed out. */
    @Test
    void whenSomebodyElseSignsOutInThatBrowser() {
      Browser browser = realm.browser(token);
      OIDCTokens tokens =
          tokens(
              realm,
              browser.submit(
                  browser.open(realm.appUrl("&prompt=login")),
                  Map.of("username", ALPHA.email(), "password", ALPHA.knownPassword())));

      signOut(realm, browser, tokens);

      assertThat(realm.isLive(token)).isTrue();
      assertSignedIn(realm.openApp(browser));
    }

    @Test
    void whenSomeoneSignsOutOfASessionThatAPasswordBegan() {
      Browser browser = realm.browser();
      OIDCTokens tokens =
          tokens(realm, browser.signIn(realm.appUrl(""), BETA.email(), BETA.knownPassword()));

      signOut(realm, browser, tokens);

      assertAskedForPassword(realm.openApp(browser));
      assertThat(realm.isLive(token)).isTrue();
    }
  }

  @Nested
  class TheSessionThatBeganItEnds {

    private final String token = realm.session(BETA, "1 hour");
    private final String another = realm.session(BETA, "1 hour");
    private final Browser browser = realm.browser(token);

    private void assertOneEnded() {
      assertThat(realm.isEnded(token)).isTrue();
      assertThat(realm.isLive(another)).isTrue();
      assertAskedForPassword(realm.openApp(browser));
    }

    @Test
    void whenTheUserSignsOut() {
      signOut(realm, browser, tokens(realm, realm.openApp(browser)));

      assertOneEnded();
    }

    @Test
    void whenTheAppSignsOutBehindTheBrowser() {
      OIDCTokens tokens = tokens(realm, realm.openApp(browser));

      assertThat(realm.oidc().logout(TestRealm.APP, tokens.getRefreshToken()).getStatusCode())
          .isEqualTo(204);

      assertOneEnded();
    }

    @Test
    void whenTheUserSignsThatDeviceOut() {
      OIDCTokens there = tokens(realm, realm.openApp(browser));
      OIDCTokens here =
          Oidc.tokens(realm.oidc().password(TestRealm.APP, BETA.email(), BETA.knownPassword()));
      String session = String.valueOf(Oidc.claims(there.getAccessToken()).get("sid"));

      assertThat(deleteSessions(realm, "/" + session, here)).isEqualTo(204);

      assertOneEnded();
    }

    @Test
    void whenAnAdminEndsThatSession() {
      OIDCTokens there = tokens(realm, realm.openApp(browser));

      realm
          .realm
          .realm()
          .deleteSession(String.valueOf(Oidc.claims(there.getAccessToken()).get("sid")), false);

      assertOneEnded();
    }

    /** The browser brings a cookie that had no part in the session, and would sign in again. */
    @Test
    void orTheOneThatTheBrowserBrings() {
      Stop asked = browser.open(realm.appUrl("&prompt=login"));
      OIDCTokens tokens =
          tokens(
              realm,
              browser.submit(
                  asked, Map.of("username", BETA.email(), "password", BETA.knownPassword())));

      signOut(realm, browser, tokens);

      assertOneEnded();
    }
  }

  /** The sign-out succeeds, and keeps what it promises here. */
  @Test
  void aSessionThatCannotBeEndedInTheTableSignsNobodyInHere() {
    try (LoginRealm failing = LoginRealm.create("WRITABLE")) {
      failing.sql("create role " + failing.database() + " login password 'reader'");
      failing.sql("grant usage on schema auth to " + failing.database());
      failing.sql("grant select on all tables in schema auth to " + failing.database());
      failing.sql(
          "grant insert, update, delete on auth.users, auth.accounts, auth.passwords,"
              + " auth.two_factor_auth to "
              + failing.database());
      failing.realm.configure(Map.of("username", failing.database(), "password", "reader"));
      String token = failing.session(BETA, "1 hour");
      Browser browser = failing.browser(token);

      signOut(failing, browser, tokens(failing, failing.openApp(browser)));

      assertAskedForPassword(failing.openApp(browser));
      assertThat(failing.isLive(token)).isTrue();
    }
  }

  @Nested
  class WhereTheSchemaIsReadOnly {

    @Test
    void nothingIsWrittenAndYetTheCookieSignsInNoMore() {
      try (LoginRealm readOnly = LoginRealm.create("READ_ONLY")) {
        String token = readOnly.session(BETA, "1 hour");
        String another = readOnly.session(BETA, "1 hour");
        Browser browser = readOnly.browser(token);
        signOut(readOnly, browser, tokens(readOnly, readOnly.openApp(browser)));

        assertAskedForPassword(readOnly.openApp(browser));
        assertSignedIn(readOnly.openApp(readOnly.browser(another)));

        user(readOnly, BETA).logout();

        assertAskedForPassword(readOnly.openApp(readOnly.browser(another)));
        assertSignedIn(readOnly.openApp(readOnly.browser(readOnly.session(BETA, "0 hours"))));
        assertThat(readOnly.isLive(token)).isTrue();
        assertThat(readOnly.isLive(another)).isTrue();
      }
    }
  }
}
