// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RequiredActionProviderRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Who brings a live session of Better Auth is signed in without a question, and nobody else is. */
@TestInstance(Lifecycle.PER_CLASS)
final class SessionCookieIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");

  private LoginRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = LoginRealm.create("READ_ONLY");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private Map<String, Object> idToken(Stop stop) {
    return Oidc.claims(
        Oidc.tokens(realm.oidc().code(TestRealm.APP, stop.parameter("code"))).getIDTokenString());
  }

  private static void assertSignedIn(Stop stop) {
    assertThat(stop.parameter("code")).as(stop.uri() + stop.body()).isNotEmpty();
  }

  private static void assertAskedForPassword(Stop stop) {
    assertThat(stop.page().selectFirst("[name=password]")).as(stop.uri().toString()).isNotNull();
  }

  /** The fixture's cookie is the one that Better Auth 1.5.6 set. */
  @Test
  void aCookieThatBetterAuthSetSignsIn() {
    Fixture.User founder = Fixture.known().user("founder-admin");
    realm.sql(
        "update auth.sessions set expires_at = now() + interval '1 day' where token = ?",
        "Z8Tq55W6iwG9qmU4i07qIuXB9GGN015r");
    Browser browser =
        realm
            .browser()
            .bringing(
                LoginRealm.COOKIE,
                "Z8Tq55W6iwG9qmU4i07qIuXB9GGN015r"
                    + ".RDM%2BsSA3s2yc%2B48sflUzfKWP1xVwSiTxShkot21IRls%3D");

    assertThat(idToken(realm.openApp(browser))).containsEntry("sub", founder.id());
  }

  @Test
  void itCountsForAnAuthenticationOfEarlier() {
    long before = Instant.now().minusSeconds(7200).getEpochSecond();

    Map<String, Object> claims =
        idToken(realm.openApp(realm.browser(realm.session(BETA, "2 hours"))));

    assertThat(claims).containsEntry("acr", "0");
    assertThat(claims.get("auth_time"))
        .asInstanceOf(InstanceOfAssertFactories.LONG)
        .isBetween(before - 60, before + 60);
  }

  @Test
  void keycloaksOwnSessionFollowsAndSaysHowItBegan() {
    Browser browser = realm.browser(realm.session(BETA, "1 hour"));
    assertSignedIn(realm.openApp(browser));

    assertSignedIn(browser.open(realm.appUrl("&prompt=none")));
    assertThat(realm.realm.realm().getEvents(List.of("LOGIN"), null, null, null, null, null, 0, 10))
        .anySatisfy(
            event ->
                assertThat(event.getDetails()).containsEntry("auth_method", "better-auth-session"));
  }

  @Test
  void promptNoneIsSilentToo() {
    assertSignedIn(realm.browser(realm.session(BETA, "1 hour")).open(realm.appUrl("&prompt=none")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&prompt=login",
        "&max_age=60",
        "&acr_values=1",
        "&claims=%7B%22id_token%22%3A%7B%22acr%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%221%22%5D%7D%7D%7D",
        "&kc_action=UPDATE_PASSWORD"
      })
  void whatAsksForAFreshAuthenticationGetsOne(String asked) {
    assertAskedForPassword(realm.browser(realm.session(BETA, "1 hour")).open(realm.appUrl(asked)));
  }

  @Test
  void aYoungEnoughSessionMeetsMaxAge() {
    assertSignedIn(
        realm.browser(realm.session(BETA, "1 minute")).open(realm.appUrl("&max_age=600")));
  }

  @Test
  void maxAgeCountsLaterOnToo() {
    Browser browser = realm.browser(realm.session(BETA, "1 hour"));
    assertSignedIn(realm.openApp(browser));

    assertAskedForPassword(browser.open(realm.appUrl("&max_age=60")));
  }

  @Test
  void reauthenticationIsNotDoneByTheCookie() {
    Browser browser = realm.browser(realm.session(BETA, "1 hour"));
    assertSignedIn(realm.openApp(browser));

    assertAskedForPassword(browser.open(realm.appUrl("&prompt=login")));
  }

  /** Better Auth's name of the cookie on https; Keycloak's own address here begins with http. */
  @Test
  void theCookieOfHttpsIsNotTakenOverHttp() {
    String cookie = LoginRealm.cookie(realm.session(BETA, "1 hour"));

    assertAskedForPassword(
        realm.openApp(realm.browser().bringing("__Secure-" + LoginRealm.COOKIE, cookie)));
  }

  /** Keycloak leads back to the form from there, with a message that must be seen. */
  @Test
  void whoCameFromAForgottenPasswordIsAskedForOne() {
    try (LoginRealm resetting =
        LoginRealm.create(
            Map.of("editMode", "READ_ONLY"), rep -> rep.setResetPasswordAllowed(true))) {
      Browser browser = resetting.browser();
      Stop form =
          browser.open(
              resetting
                  .openApp(browser)
                  .page()
                  .expectFirst("a[href*=reset-credentials]")
                  .absUrl("href"));
      browser.bringing(LoginRealm.COOKIE, LoginRealm.cookie(resetting.session(BETA, "1 hour")));

      Stop next = browser.submit(form, Map.of("username", "nobody@example.test"));

      assertAskedForPassword(next);
      assertThat(next.body()).contains("You should receive an email");
    }
  }

  @Nested
  class IsRefused {

    @Test
    void aCookieOfAnotherSecret() {
      String token = realm.session(BETA, "1 hour");
      assertAskedForPassword(
          realm.openApp(
              realm
                  .browser()
                  .bringing(LoginRealm.COOKIE, LoginRealm.cookie(token, "another secret"))));
    }

    @Test
    void aTokenWithoutASignature() {
      String token = realm.session(BETA, "1 hour");
      assertAskedForPassword(realm.openApp(realm.browser().bringing(LoginRealm.COOKIE, token)));
    }

    @Test
    void anUnknownToken() {
      assertAskedForPassword(realm.openApp(realm.browser("x".repeat(32))));
    }

    @Test
    void anExpiredSession() {
      assertAskedForPassword(realm.openApp(realm.browser(realm.session(BETA, "8 days"))));
    }

    /** Better Auth does not look at it; we do. */
    @Test
    void aRevokedSession() {
      String token = realm.session(BETA, "1 hour");
      realm.sql("update auth.sessions set revoked_at = now() where token = ?", token);
      assertAskedForPassword(realm.openApp(realm.browser(token)));
    }

    /** Better Auth signs them in; we do not. */
    @Test
    void aDeletedUser() {
      assertAskedForPassword(
          realm.openApp(realm.browser(realm.session(Fixture.known().user("deleted-1"), "1 hour"))));
    }

    @Test
    void aUserDeletedWhileKeycloakHasThemInItsCache() {
      Fixture.User user = Fixture.known().user("case");
      String token = realm.session(user, "1 hour");
      assertSignedIn(realm.openApp(realm.browser(token)));
      realm.sql("update auth.users set deleted_at = now() where id = ?", user.id());

      assertAskedForPassword(realm.openApp(realm.browser(token)));
    }

    @Test
    void aUserDisabledInKeycloak() {
      Fixture.User user = Fixture.known().user("name-single");
      var resource = realm.realm.realm().users().get(realm.realm.user(user.email()).getId());
      UserRepresentation disabled = resource.toRepresentation();
      disabled.setEnabled(false);
      resource.update(disabled);

      assertAskedForPassword(realm.openApp(realm.browser(realm.session(user, "1 hour"))));
    }

    /** Better Auth knows nothing of it, and asked for none. */
    @Test
    void aUserWithASecondFactorThatKeycloakKeeps() {
      Fixture.User user = Fixture.known().user("alpha-service");
      assertSignedIn(realm.openApp(realm.browser(realm.session(user, "1 hour"))));
      realm.addOtpOfKeycloak(user);

      assertAskedForPassword(realm.openApp(realm.browser(realm.session(user, "1 hour"))));
    }

    @Test
    void anUnverifiedUserOfARealmThatVerifiesNoEmail() {
      assertAskedForPassword(
          realm.openApp(
              realm.browser(realm.session(Fixture.known().user("unverified-1"), "1 hour"))));
    }

    @Test
    void nonsenseInTheCookie() {
      assertAskedForPassword(
          realm.openApp(realm.browser().bringing(LoginRealm.COOKIE, "%00.%ZZ;;=.")));
    }
  }

  @Nested
  class SkipsNothing {

    @Test
    void theTierGateFollows() {
      var flows = realm.realm.realm().flows();
      flows.getUnregisteredRequiredActions().stream()
          .filter(action -> action.getProviderId().equals("access-tier-gate"))
          .forEach(flows::registerRequiredAction);
      RequiredActionProviderRepresentation gate = flows.getRequiredAction("access-tier-gate");
      gate.setEnabled(true);
      flows.updateRequiredAction("access-tier-gate", gate);
      ClientRepresentation gated = TestRealm.client("gated");
      gated.setAttributes(Map.of("access.tier.required", "founder"));
      realm.realm.add(gated);

      Stop stop =
          realm.browser(realm.session(BETA, "1 hour")).open(realm.oidc().authUrl("gated", ""));

      assertThat(stop.isDeniedPage()).as(stop.uri() + stop.body()).isTrue();
    }

    @Test
    void emailVerificationFollowsWhereTheRealmAsksForIt() {
      try (LoginRealm verifying = LoginRealm.create(Map.of(), rep -> rep.setVerifyEmail(true))) {
        Stop stop =
            verifying.openApp(
                verifying.browser(
                    verifying.session(Fixture.known().user("unverified-1"), "1 hour")));

        assertThat(stop.parameter("code")).isEmpty();
        assertThat(stop.uri().toString()).startsWith(verifying.base);
        assertThat(stop.page().selectFirst("[name=password]")).isNull();
      }
    }
  }

  @Test
  void aRoleThatMayNotReadSessionsStillSignsInWithPasswords() {
    try (LoginRealm minimal = LoginRealm.create("READ_ONLY")) {
      String token = minimal.session(BETA, "1 hour");
      minimal.sql("create role " + minimal.database() + " login password 'minimal'");
      minimal.sql("grant usage on schema auth to " + minimal.database());
      minimal.sql(
          "grant select on auth.users, auth.accounts, auth.passwords, auth.two_factor_auth to "
              + minimal.database());
      minimal.realm.configure(Map.of("username", minimal.database(), "password", "minimal"));

      Browser browser = minimal.browser(token);
      Stop asked = minimal.openApp(browser);
      assertAskedForPassword(asked);
      assertSignedIn(
          browser.submit(
              asked, Map.of("username", BETA.email(), "password", BETA.knownPassword())));
    }
  }
}
