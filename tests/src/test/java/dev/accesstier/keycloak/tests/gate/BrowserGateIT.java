// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Oidc;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.RealmRepresentation;

/** Whoever signs in with a browser and lacks the tier sees a page, and the app gets nothing. */
@TestInstance(Lifecycle.PER_CLASS)
class BrowserGateIT {

  private final GateRealm realm = GateRealm.create();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private Browser fresh() {
    return new Browser(realm.base);
  }

  @Test
  void codeFlowWithPkceShowsTheDeniedPage() {
    String user = realm.user("beta");
    CodeChallenge challenge = CodeChallenge.compute(CodeChallengeMethod.S256, new CodeVerifier());

    Stop stop =
        fresh()
            .signIn(
                realm.authUrl(
                    "gated",
                    "&code_challenge=" + challenge.getValue() + "&code_challenge_method=S256"),
                user);

    assertThat(stop.status()).as(stop.body()).isEqualTo(403);
    assertThat(stop.isDeniedPage()).isTrue();
    assertThat(realm.refusals(user))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getType()).isEqualTo("LOGIN_ERROR");
              assertThat(event.getClientId()).isEqualTo("gated");
              assertThat(event.getDetails())
                  .containsEntry("reason", "access_tier")
                  .containsEntry("required_tier", "alpha")
                  .containsEntry("user_tier", "beta");
            });
  }

  @Test
  void userOfTheTierGetsTokens() {
    CodeVerifier verifier = new CodeVerifier();
    CodeChallenge challenge = CodeChallenge.compute(CodeChallengeMethod.S256, verifier);
    Stop stop =
        fresh()
            .signIn(
                realm.authUrl(
                    "gated",
                    "&code_challenge=" + challenge.getValue() + "&code_challenge_method=S256"),
                realm.user("alpha"));

    var response =
        realm.grant(
            "gated",
            new AuthorizationCodeGrant(
                new AuthorizationCode(stop.parameter("code")),
                URI.create("http://app.test/gated"),
                verifier),
            "openid");

    assertThat(Oidc.tokens(response).getAccessToken()).isNotNull();
  }

  @Test
  void demotionBetweenCodeAndTokenCounts() {
    String user = realm.user("alpha");
    Stop stop = fresh().signIn(realm.authUrl("gated", ""), user);
    realm.move(user, "beta");

    var response =
        realm.grant(
            "gated",
            new AuthorizationCodeGrant(
                new AuthorizationCode(stop.parameter("code")), URI.create("http://app.test/gated")),
            "openid");

    assertThat(response.getStatusCode()).isEqualTo(400);
    assertThat(response.getBody()).contains("\"access_denied\"");
    assertThat(realm.refusals(user))
        .singleElement()
        .satisfies(event -> assertThat(event.getType()).isEqualTo("CODE_TO_TOKEN_ERROR"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "id_token", "id_token token", "code id_token", "code token"})
  void implicitAndHybridFlowsShowTheDeniedPage(String responseType) {
    Stop stop =
        fresh()
            .signIn(
                realm.authUrl("gated", "&response_type=" + responseType.replace(" ", "%20")),
                realm.user("public"));

    assertThat(stop.isDeniedPage()).as(stop.body()).isTrue();
    assertThat(stop.uri().getHost()).isEqualTo("127.0.0.1");
    assertThat(stop.uri().getFragment()).isNull();
  }

  @Test
  void namingTheGateAsTheActionToRunDoesNotSkipIt() {
    Stop stop =
        fresh().signIn(realm.authUrl("gated", "&kc_action=access-tier-gate"), realm.user("public"));

    assertThat(stop.isDeniedPage()).as(stop.uri() + stop.body()).isTrue();
  }

  @Test
  void namingTheGateDoesNotHoldUpAnAdmittedUser() {
    Stop stop =
        fresh()
            .signIn(realm.authUrl("gated", "&kc_action=access-tier-gate"), realm.user("founder"));

    assertThat(stop.parameter("code")).isNotEmpty();
  }

  @Nested
  class WithAnSsoSession {

    private final Browser browser = fresh();
    private final String user = realm.user("beta");
    private final Stop first = browser.signIn(realm.authUrl("open", ""), user);

    @Test
    void openAppGivesACodeBeforeAndAfterTheRefusal() {
      assertThat(first.parameter("code")).isNotEmpty();

      assertThat(browser.open(realm.authUrl("gated", "")).isDeniedPage()).isTrue();

      assertThat(browser.open(realm.authUrl("open", "")).parameter("code")).isNotEmpty();
      assertThat(realm.sessions(user)).hasSize(1);
    }

    @Test
    void promptNoneGoesBackToTheApp() {
      Stop stop = browser.open(realm.authUrl("gated", "&prompt=none"));

      assertThat(stop.uri().toString()).startsWith("http://app.test/gated");
      assertThat(stop.parameter("error")).isEqualTo("interaction_required");
      assertThat(stop.parameter("code")).isEmpty();
      assertThat(realm.refusals(user)).hasSize(1);
    }
  }

  @Nested
  class AfterARefusedFreshLogin {

    @Test
    void anotherAppAsksForNoPassword() {
      Browser own = fresh();
      String user = realm.user("beta");
      assertThat(own.signIn(realm.authUrl("gated", ""), user).isDeniedPage()).isTrue();

      assertThat(own.open(realm.authUrl("open", "")).parameter("code")).isNotEmpty();
      assertThat(realm.sessions(user))
          .singleElement()
          .satisfies(session -> assertThat(session.getClients()).doesNotContainValue("gated"));
    }

    /** The refusal is a login error; the session that stays is a login, and both are told. */
    @Test
    void theSessionThatStaysIsALoginInTheEvents() {
      String user = realm.user("beta");
      fresh().signIn(realm.authUrl("gated", ""), user);

      String kept = realm.sessions(user).get(0).getId();
      assertThat(realm.logins(user))
          .singleElement()
          .satisfies(
              login -> {
                assertThat(login.getClientId()).isEqualTo("gated");
                assertThat(login.getSessionId()).isEqualTo(kept);
                assertThat(login.getDetails())
                    .containsEntry("reason", "access_tier")
                    .containsEntry("username", user);
              });
    }

    @Test
    void whoAskedToBeRememberedIs() {
      RealmRepresentation remembering = realm.realm().toRepresentation();
      remembering.setRememberMe(true);
      realm.realm().update(remembering);
      String user = realm.user("beta");
      Browser own = fresh();

      Stop denied =
          own.submit(
              own.open(realm.authUrl("gated", "")),
              Map.of("username", user, "password", GateRealm.PASSWORD, "rememberMe", "on"));

      assertThat(denied.isDeniedPage()).isTrue();
      assertThat(realm.sessions(user))
          .singleElement()
          .satisfies(session -> assertThat(session.isRememberMe()).isTrue());
    }

    @Test
    void reloadingLetsAPromotedUserIn() {
      Browser own = fresh();
      String user = realm.user("beta");
      Stop denied = own.signIn(realm.authUrl("gated", ""), user);
      assertThat(own.open(denied.uri().toString()).isDeniedPage()).isTrue();

      realm.move(user, "alpha");

      assertThat(own.open(denied.uri().toString()).parameter("code")).isNotEmpty();
    }

    @Test
    void tryingAgainLetsAPromotedUserIn() {
      Browser own = fresh();
      String user = realm.user("beta");
      own.signIn(realm.authUrl("gated", ""), user);

      realm.move(user, "founder");

      assertThat(own.open(realm.authUrl("gated", "")).parameter("code")).isNotEmpty();
    }

    @Test
    void someoneElseCanSignIn() {
      Browser own = fresh();
      String user = realm.user("beta");
      Stop denied = own.signIn(realm.authUrl("gated", ""), user);

      Stop login = own.open(denied.page().expectFirst("#access-tier-other-user").absUrl("href"));
      Stop stop =
          own.submit(
              login,
              java.util.Map.of("username", realm.user("alpha"), "password", GateRealm.PASSWORD));

      assertThat(stop.parameter("code")).as(stop.body()).isNotEmpty();
      assertThat(realm.sessions(user)).isEmpty();
    }

    @Test
    void pendingActionsAreNotSkipped() {
      Browser own = fresh();
      String username = realm.user("beta");
      var resource = realm.realm().users().get(realm.idOf(username));
      var user = resource.toRepresentation();
      user.setRequiredActions(java.util.List.of("UPDATE_PASSWORD"));
      resource.update(user);

      Stop stop = own.signIn(realm.authUrl("gated", ""), username);

      assertThat(stop.isDeniedPage()).isFalse();
      assertThat(stop.page().selectFirst("[name=password-new]")).isNotNull();
      assertThat(realm.sessions(username)).isEmpty();
    }
  }
}
