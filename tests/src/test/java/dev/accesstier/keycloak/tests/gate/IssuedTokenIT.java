// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.Token;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What a token issued before a demotion still opens at Keycloak: nothing. */
@TestInstance(Lifecycle.PER_CLASS)
class IssuedTokenIT {

  private final GateRealm realm = GateRealm.create();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private static AccessToken issue(GateRealm in, String user) {
    return Oidc.tokens(in.password("gated", user, "openid to-gated")).getAccessToken();
  }

  private static boolean active(GateRealm in, Token token, String... hint) throws Exception {
    return active(in, "gated", token, hint);
  }

  private static boolean active(GateRealm in, String asker, Token token, String... hint)
      throws Exception {
    HTTPRequest request =
        new TokenIntrospectionRequest(
                URI.create(in.tokenUrl() + "/introspect"), Oidc.auth(asker), token)
            .toHTTPRequest();
    for (String type : hint) {
      String body = request.getBody().replaceAll("&?token_type_hint=[a-z_]+", "");
      request.setBody(body + "&token_type_hint=" + type);
    }
    HTTPResponse response = request.send();
    return TokenIntrospectionResponse.parse(response).toSuccessResponse().isActive();
  }

  private static HTTPResponse userInfo(GateRealm in, AccessToken token) throws Exception {
    return new UserInfoRequest(
            URI.create(in.url("/protocol/openid-connect/userinfo")),
            new BearerAccessToken(token.getValue()))
        .toHTTPRequest()
        .send();
  }

  @Test
  void introspectionSaysInactiveAfterADemotion() throws Exception {
    String user = realm.user("alpha");
    AccessToken token = issue(realm, user);
    assertThat(active(realm, token)).isTrue();

    realm.move(user, "beta");

    assertThat(active(realm, token)).isFalse();
    assertThat(realm.refusals(user))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getType()).isEqualTo("INTROSPECT_TOKEN_ERROR");
              assertThat(event.getDetails()).containsEntry("reason", "access_tier");
            });
  }

  @Test
  void bothTheTokensClientAndTheOneThatAsksCount() throws Exception {
    try (GateRealm both = GateRealm.create()) {
      both.client("gated").getProtocolMappers().createMapper(TestRealm.ownAudience("open")).close();
      String user = both.user("alpha");
      AccessToken ofGated = issue(both, user);
      AccessToken ofOpen =
          Oidc.tokens(both.password("open", user, "openid to-gated")).getAccessToken();
      assertThat(active(both, "open", ofGated)).isTrue();
      assertThat(active(both, "gated", ofOpen)).isTrue();

      both.move(user, "beta");

      assertThat(active(both, "open", ofGated)).isFalse();
      assertThat(active(both, "gated", ofOpen)).isFalse();
    }
  }

  @Test
  void noHintLooksPastTheTier() throws Exception {
    String user = realm.user("alpha");
    var tokens = Oidc.tokens(realm.password("gated", user, "openid to-gated"));
    assertThat(active(realm, tokens.getAccessToken(), "requesting_party_token")).isTrue();
    assertThat(active(realm, tokens.getRefreshToken(), "refresh_token")).isTrue();

    realm.move(user, "beta");

    assertThat(active(realm, tokens.getAccessToken(), "requesting_party_token")).isFalse();
    assertThat(active(realm, tokens.getRefreshToken(), "refresh_token")).isFalse();
  }

  @Test
  void signedIntrospectionCarriesNoClaimsAfterADemotion() throws Exception {
    try (GateRealm signed = GateRealm.create()) {
      signed.attribute("gated", "client.introspection.response.allow.jwt.claim.enabled", "true");
      String user = signed.user("alpha");
      var tokens = Oidc.tokens(signed.password("gated", user, "openid to-gated"));
      List<Token> both = List.of(tokens.getAccessToken(), tokens.getRefreshToken());
      for (Token token : both) {
        assertThat(signedIntrospection(signed, token)).contains("\"jwt\"", "\"active\":true");
      }

      signed.move(user, "beta");

      for (Token token : both) {
        assertThat(signedIntrospection(signed, token))
            .isEqualToIgnoringWhitespace("{\"active\":false}");
      }
    }
  }

  private static String signedIntrospection(GateRealm in, Token token) throws Exception {
    HTTPRequest request =
        new TokenIntrospectionRequest(
                URI.create(in.tokenUrl() + "/introspect"), Oidc.auth("gated"), token)
            .toHTTPRequest();
    request.setAccept("application/jwt");
    return request.send().getBody();
  }

  @Test
  void userInfoIsRefusedAfterADemotion() throws Exception {
    String user = realm.user("alpha");
    AccessToken token = issue(realm, user);
    assertThat(userInfo(realm, token).getStatusCode()).isEqualTo(200);

    realm.move(user, "beta");

    HTTPResponse response = userInfo(realm, token);
    assertThat(response.getStatusCode()).isEqualTo(403);
    assertThat(response.getBody()).contains("access_denied");
    assertThat(realm.refusals(user))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getType()).isEqualTo("USER_INFO_REQUEST_ERROR");
              assertThat(event.getDetails()).containsEntry("user_tier", "beta");
            });
  }

  @Test
  void aRealmCanLeaveIssuedTokensAlone() throws Exception {
    try (GateRealm lenient = GateRealm.create()) {
      var settings = lenient.realm().toRepresentation();
      settings.getAttributes().put("access.tier.check-issued-tokens", "false");
      lenient.realm().update(settings);
      String user = lenient.user("alpha");
      AccessToken token = issue(lenient, user);

      lenient.move(user, "public");

      assertThat(active(lenient, token)).isTrue();
      assertThat(userInfo(lenient, token).getStatusCode()).isEqualTo(200);
    }
  }
}
