// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.claim;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.token.TokenTypeURI;
import com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientRepresentation;

/** Mappers of scope {@code mana-claims}: the id that apps know, and everything that works on it. */
@TestInstance(Lifecycle.PER_CLASS)
final class SubjectIT {

  private static final Fixture.User ADMIN = Fixture.known().user("alpha-admin");

  private TestRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = TestRealm.create();
    ClientRepresentation app = realm.realm().clients().findByClientId(TestRealm.APP).get(0);
    app.getAttributes().put("standard.token.exchange.enabled", "true");
    realm.realm().clients().get(app.getId()).update(app);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void subAndRoleAreBetterAuths() {
    OIDCTokens tokens = signIn();
    assertAdmin(Oidc.claims(tokens.getAccessToken()));
    assertAdmin(Oidc.claims(tokens.getIDTokenString()));
    assertAdmin(Oidc.json(realm.oidc().userInfo(tokens.getAccessToken())));
    assertAdmin(Oidc.json(realm.oidc().introspect(TestRealm.APP, tokens.getAccessToken())));
    assertThat(Oidc.claims(tokens.getAccessToken())).containsKey("sid");
  }

  @Test
  void aRefreshKeepsIt() {
    OIDCTokens fresh = Oidc.tokens(realm.oidc().refresh(TestRealm.APP, signIn().getRefreshToken()));
    assertAdmin(Oidc.claims(fresh.getAccessToken()));
  }

  @Test
  void aTokenExchangeKeepsIt() {
    TokenExchangeGrant grant =
        new TokenExchangeGrant(
            signIn().getAccessToken(),
            TokenTypeURI.ACCESS_TOKEN,
            null,
            null,
            TokenTypeURI.ACCESS_TOKEN,
            List.<Audience>of());
    HTTPResponse response = realm.oidc().grant(TestRealm.APP, grant, "openid");
    assertAdmin(Oidc.claims(String.valueOf(Oidc.json(response).get("access_token"))));
  }

  @Test
  void aLogoutByRefreshTokenEndsTheSession() throws ParseException {
    OIDCTokens tokens = signIn();
    HTTPRequest logout =
        new HTTPRequest(HTTPRequest.Method.POST, URI.create(realm.oidc().url("/logout")));
    Oidc.auth(TestRealm.APP).applyTo(logout);
    logout.setContentType("application/x-www-form-urlencoded");
    logout.setBody("refresh_token=" + tokens.getRefreshToken().getValue());
    assertThat(Oidc.send(logout).getStatusCode()).isEqualTo(204);
    assertThat(Oidc.json(realm.oidc().introspect(TestRealm.APP, tokens.getAccessToken())))
        .containsEntry("active", false);
  }

  @Test
  void aLogoutByIdTokenNeedsNoQuestion() {
    Browser browser = new Browser(TestServer.shared().keycloak().baseUrl());
    Browser.Stop stop =
        browser.signIn(
            realm.oidc().authUrl(TestRealm.APP, ""), ADMIN.email(), ADMIN.knownPassword());
    OIDCTokens tokens = Oidc.tokens(realm.oidc().code(TestRealm.APP, stop.parameter("code")));
    Browser.Stop out =
        browser.open(realm.oidc().url("/logout?id_token_hint=" + tokens.getIDTokenString()));
    assertThat(out.body()).contains("You are logged out").doesNotContain("Do you want to log out");
    assertThat(realm.oidc().refresh(TestRealm.APP, tokens.getRefreshToken()).getStatusCode())
        .isEqualTo(400);
  }

  private OIDCTokens signIn() {
    return Oidc.tokens(realm.oidc().password(TestRealm.APP, ADMIN.email(), ADMIN.knownPassword()));
  }

  private static void assertAdmin(Map<String, Object> claims) {
    assertThat(claims).containsEntry("sub", ADMIN.id()).containsEntry("role", "admin");
  }
}
