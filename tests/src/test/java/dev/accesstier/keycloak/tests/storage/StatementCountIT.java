// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.AuthStatements;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** How many statements on schema {@code auth} a request may cost, cold unless it says warm. */
@TestInstance(Lifecycle.PER_CLASS)
final class StatementCountIT {

  private final AuthStatements statements = new AuthStatements();
  private TestRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = TestRealm.create();
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void aDirectGrantTakesTwo() {
    List<String> cold = statements.during(() -> signIn("beta-user"));
    assertThat(cold).hasSizeBetween(1, 2);
  }

  @Test
  void aBrowserLoginWithItsCodeExchangeTakesThree() {
    Fixture.User user = Fixture.known().user("beta-admin");
    Browser browser = new Browser(TestServer.shared().keycloak().baseUrl());
    Browser.Stop form = browser.open(realm.oidc().authUrl(TestRealm.APP, ""));
    List<String> found =
        statements.during(
            () -> {
              Browser.Stop stop =
                  browser.submit(
                      form, Map.of("username", user.email(), "password", user.knownPassword()));
              Oidc.tokens(realm.oidc().code(TestRealm.APP, stop.parameter("code")));
            });
    assertThat(found).hasSizeBetween(1, 3);
  }

  @Test
  void aLookUpByIdTakesOne() {
    String id = realm.user(Fixture.known().user("alpha-admin").email()).getId();
    realm.realm().clearUserCache();
    var byId = realm.realm().users().get(id);
    assertThat(statements.during(byId::toRepresentation)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void aRefreshWithAWarmCacheTakesOne() {
    OIDCTokens tokens = Oidc.tokens(signIn("alpha-user"));
    List<String> found =
        statements.during(
            () -> Oidc.tokens(realm.oidc().refresh(TestRealm.APP, tokens.getRefreshToken())));
    assertThat(found).hasSize(1);
    assertThat(found.get(0)).contains("access_tier");
  }

  @Test
  void userInfoWithAWarmCacheTakesOne() {
    OIDCTokens tokens = Oidc.tokens(signIn("alpha-service"));
    assertThat(statements.during(() -> realm.oidc().userInfo(tokens.getAccessToken()))).hasSize(1);
  }

  /** An app that nothing of ours concerns: whether the user was deleted is read, and no more. */
  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  class OfAPlainApp {

    private static final String PLAIN = "plain";

    @BeforeAll
    void addIt() {
      var client = TestRealm.client(PLAIN);
      client.setProtocolMappers(List.of(TestRealm.ownAudience(PLAIN)));
      realm.add(client);
    }

    private OIDCTokens signIn() {
      Fixture.User user = Fixture.known().user("alpha-user");
      return Oidc.tokens(realm.oidc().password(PLAIN, user.email(), user.knownPassword()));
    }

    @Test
    void aRefreshTakesOne() {
      OIDCTokens tokens = signIn();
      assertThat(
              statements.during(
                  () -> Oidc.tokens(realm.oidc().refresh(PLAIN, tokens.getRefreshToken()))))
          .hasSize(1);
    }

    @Test
    void anIntrospectionTakesOne() {
      OIDCTokens tokens = signIn();
      assertThat(statements.during(() -> realm.oidc().introspect(PLAIN, tokens.getAccessToken())))
          .hasSize(1);
    }

    @Test
    void anSsoEntryTakesOne() {
      Fixture.User user = Fixture.known().user("alpha-user");
      Browser browser = new Browser(TestServer.shared().keycloak().baseUrl());
      browser.signIn(realm.oidc().authUrl(PLAIN, ""), user.email(), user.knownPassword());
      List<String> found =
          statements.during(
              () ->
                  assertThat(browser.open(realm.oidc().authUrl(PLAIN, "")).parameter("code"))
                      .isNotEmpty());
      assertThat(found).hasSize(1);
    }
  }

  private HTTPResponse signIn(String key) {
    Fixture.User user = Fixture.known().user(key);
    return realm.oidc().password(TestRealm.APP, user.email(), user.knownPassword());
  }
}
