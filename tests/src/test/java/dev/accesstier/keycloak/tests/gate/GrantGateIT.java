// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.token.TokenTypeURI;
import com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant;
import dev.accesstier.keycloak.tests.support.AssertionSigner;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Oidc;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Whichever grant is used, a user below the required tier gets 400 {@code access_denied}. */
@TestInstance(Lifecycle.PER_CLASS)
class GrantGateIT {

  private final GateRealm realm = GateRealm.create();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private void assertDenied(HTTPResponse response) {
    assertThat(response.getStatusCode()).as(response.getBody()).isEqualTo(400);
    assertThat(response.getBody()).contains("\"error\":\"access_denied\"");
  }

  private void assertRefusal(String user, String type) {
    assertThat(realm.refusals(user))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getType()).isEqualTo(type);
              assertThat(event.getDetails()).containsEntry("reason", "access_tier");
            });
  }

  @Test
  void passwordGrantLeavesNoUserSession() {
    String user = realm.user("public");

    assertDenied(realm.password("gated", user, "openid"));

    assertRefusal(user, "LOGIN_ERROR");
    assertThat(realm.sessions(user)).isEmpty();
  }

  /** Without it an app in the browser sees a network error in place of the reason. */
  @Test
  void refusalMayBeReadByTheAppsOwnWebOrigins() throws Exception {
    String user = realm.user("public");

    assertThat(originAllowed(user, "http://app.test")).isEqualTo("http://app.test");
  }

  private String originAllowed(String user, String origin) throws Exception {
    String form =
        "grant_type=password&client_id=gated&client_secret=secret&username="
            + user
            + "&password="
            + GateRealm.PASSWORD.replace(" ", "+");
    var response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(realm.tokenUrl()))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Origin", origin)
                    .POST(BodyPublishers.ofString(form))
                    .build(),
                BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.body()).contains("access_denied");
    return response.headers().firstValue("Access-Control-Allow-Origin").orElse("");
  }

  @Test
  void passwordGrantOfAnAdmittedUserWorks() {
    String user = realm.user("alpha");

    assertThat(Oidc.tokens(realm.password("gated", user, "openid"))).isNotNull();
    assertThat(realm.sessions(user)).hasSize(1);
  }

  @Test
  void demotedUserCannotRefresh() {
    String user = realm.user("founder");
    RefreshToken token = Oidc.tokens(realm.password("gated", user, "openid")).getRefreshToken();
    RefreshToken next = Oidc.tokens(realm.refresh("gated", token)).getRefreshToken();

    realm.move(user, "beta");

    assertDenied(realm.refresh("gated", next));
    assertRefusal(user, "REFRESH_TOKEN_ERROR");
  }

  @Test
  void demotedUserCannotRefreshOffline() {
    String user = realm.user("alpha");
    RefreshToken token =
        Oidc.tokens(realm.password("gated", user, "openid offline_access")).getRefreshToken();
    Oidc.tokens(realm.refresh("gated", token));

    realm.move(user, "public");

    assertDenied(realm.refresh("gated", token));
  }

  @Test
  void serviceAccountIsNotGated() {
    assertThat(Oidc.tokens(realm.grant("gated", new ClientCredentialsGrant(), ""))).isNotNull();
  }

  @Test
  void closedAppIsLeftOutOfAnOpenAppsToken() throws Exception {
    var below = Oidc.tokens(realm.password("open", realm.user("public"), "to-gated"));
    var above = Oidc.tokens(realm.password("open", realm.user("alpha"), "to-gated"));

    assertThat(audience(below.getAccessToken())).doesNotContain("gated");
    assertThat(audience(above.getAccessToken())).contains("gated");
  }

  /** Without the mapper that derives the audience from the roles, only the roles name the app. */
  @Test
  void rolesOfAClosedAppAreLeftOutOfAnOpenAppsToken() throws Exception {
    try (GateRealm other = GateRealm.create()) {
      other.dropAudienceOfRoles();
      String below = other.user("public");
      String above = other.user("alpha");
      other.grantRole(below, "gated", "editor");
      other.grantRole(above, "gated", "editor");

      assertThat(rolesOf(Oidc.tokens(other.password("open", below, "")).getAccessToken()))
          .doesNotContain("gated");
      assertThat(rolesOf(Oidc.tokens(other.password("open", above, "")).getAccessToken()))
          .contains("gated");
    }
  }

  private static Set<String> rolesOf(AccessToken token) throws Exception {
    return SignedJWT.parse(token.getValue())
        .getJWTClaimsSet()
        .getJSONObjectClaim("resource_access")
        .keySet();
  }

  private static List<String> audience(AccessToken token) throws Exception {
    return SignedJWT.parse(token.getValue()).getJWTClaimsSet().getAudience();
  }

  @Nested
  class Device {

    private DeviceAuthorizationSuccessResponse begin() throws Exception {
      HTTPRequest request =
          new DeviceAuthorizationRequest.Builder(Oidc.auth("gated"))
              .scope(new Scope("openid"))
              .endpointURI(URI.create(realm.url("/protocol/openid-connect/auth/device")))
              .build()
              .toHTTPRequest();
      return DeviceAuthorizationResponse.parse(request.send()).toSuccessResponse();
    }

    @Test
    void personSeesThePageAndTheDeviceStopsPolling() throws Exception {
      String user = realm.user("beta");
      var device = begin();

      Stop stop =
          new Browser(realm.base).signIn(device.getVerificationURIComplete().toString(), user);

      assertThat(stop.isDeniedPage()).as(stop.body()).isTrue();
      assertDenied(realm.grant("gated", new DeviceCodeGrant(device.getDeviceCode()), ""));
    }

    @Test
    void demotionBetweenConsentAndTokenCounts() throws Exception {
      String user = realm.user("alpha");
      var device = begin();
      Browser browser = new Browser(realm.base);
      Stop consent = browser.signIn(device.getVerificationURIComplete().toString(), user);
      browser.submit(consent, Map.of("accept", "Yes"));
      realm.move(user, "public");

      assertDenied(realm.grant("gated", new DeviceCodeGrant(device.getDeviceCode()), ""));

      assertRefusal(user, "OAUTH2_DEVICE_CODE_TO_TOKEN_ERROR");
    }
  }

  @Nested
  class Exchange {

    private HTTPResponse exchange(String requester, AccessToken subject, String audience) {
      AuthorizationGrant grant =
          new TokenExchangeGrant(
              subject,
              TokenTypeURI.ACCESS_TOKEN,
              null,
              null,
              TokenTypeURI.ACCESS_TOKEN,
              audience.isEmpty() ? null : Audience.create(audience));
      return realm.grant(requester, grant, "openid to-gated");
    }

    private AccessToken tokenOfOpen(String user) {
      return Oidc.tokens(realm.password("open", user, "openid")).getAccessToken();
    }

    @Test
    void toAnAudienceTheUserMayNotEnter() {
      String user = realm.user("beta");

      assertDenied(exchange("open", tokenOfOpen(user), "gated"));

      assertRefusal(user, "TOKEN_EXCHANGE_ERROR");
    }

    @Test
    void toAnAudienceTheUserMayEnter() throws Exception {
      var response = exchange("open", tokenOfOpen(realm.user("alpha")), "gated");

      assertThat(audience(Oidc.tokens(response).getAccessToken())).containsExactly("gated");
    }

    @Test
    void byAClientTheUserMayNotEnter() {
      String user = realm.user("alpha");
      AccessToken token = Oidc.tokens(realm.password("gated", user, "openid")).getAccessToken();
      realm.move(user, "beta");

      assertDenied(exchange("gated", token, ""));
    }
  }

  /** Legacy exchange; the server needs the features for it. */
  @Nested
  class LegacyExchange {

    private HTTPResponse exchange(AccessToken subject, String target, String type)
        throws Exception {
      return exchange(realm, subject, "&audience=" + target, type);
    }

    private HTTPResponse exchange(GateRealm in, AccessToken subject, String target, String type)
        throws Exception {
      HTTPRequest request = new HTTPRequest(HTTPRequest.Method.POST, URI.create(in.tokenUrl()));
      request.setAuthorization(
          ((com.nimbusds.oauth2.sdk.auth.ClientSecretBasic) Oidc.auth("legacy"))
              .toHTTPAuthorizationHeader());
      request.setContentType("application/x-www-form-urlencoded");
      request.setBody(
          "grant_type=urn:ietf:params:oauth:grant-type:token-exchange"
              + target
              + "&requested_token_type=urn:ietf:params:oauth:token-type:"
              + type
              + "&subject_token="
              + subject.getValue());
      return request.send();
    }

    @Test
    void toATargetTheUserMayNotEnter() throws Exception {
      assumeThat(realm.allowLegacyExchange("legacy", "gated")).isTrue();
      String below = realm.user("beta");
      String above = realm.user("alpha");
      var belowToken = Oidc.tokens(realm.password("legacy", below, "openid"));
      var aboveToken = Oidc.tokens(realm.password("legacy", above, "openid"));

      assertDenied(exchange(belowToken.getAccessToken(), "gated", "refresh_token"));
      assertRefusal(below, "TOKEN_EXCHANGE_ERROR");
      assertThat(Oidc.tokens(exchange(aboveToken.getAccessToken(), "gated", "refresh_token")))
          .isNotNull();
    }

    /** The client session is the target's: the client that asks is looked at beside it. */
    @Test
    void byAClientTheUserMayNotEnter() throws Exception {
      try (GateRealm other = GateRealm.create()) {
        assumeThat(other.allowLegacyExchange("legacy", "open")).isTrue();
        other.attribute("legacy", "access.tier.required", "alpha");
        String user = other.user("alpha");
        AccessToken token = Oidc.tokens(other.password("legacy", user, "openid")).getAccessToken();
        assertThat(exchange(other, token, "&audience=open", "refresh_token").getStatusCode())
            .isEqualTo(200);
        other.move(user, "beta");

        assertDenied(exchange(other, token, "&audience=open", "refresh_token"));
      }
    }

    @Test
    void givesNoSamlAssertionForTheGatedAppThatAsks() throws Exception {
      try (GateRealm other = GateRealm.create()) {
        String user = other.user("alpha");
        AccessToken token = Oidc.tokens(other.password("legacy", user, "openid")).getAccessToken();
        other.attribute("legacy", "access.tier.required", "alpha");

        assertDenied(exchange(other, token, "", "saml2"));
      }
    }

    @Test
    void givesNoSamlAssertionForAGatedApp() throws Exception {
      assumeThat(realm.allowLegacyExchange("legacy", "gated-saml")).isTrue();
      var token = Oidc.tokens(realm.password("legacy", realm.user("beta"), "openid"));

      assertDenied(exchange(token.getAccessToken(), "gated-saml", "saml2"));

      realm.attribute("gated-saml", "access.tier.required", "");
      assertThat(exchange(token.getAccessToken(), "gated-saml", "saml2").getStatusCode())
          .as("without a required tier it is Keycloak's own answer")
          .isEqualTo(200);
    }
  }

  @Nested
  class JwtBearer {

    private final AssertionSigner signer = new AssertionSigner(realm.realm(), realm.url(""));

    @Test
    void refusesTheUserItNamesAndLeavesNoSession() throws Exception {
      String below = realm.user("beta");
      String above = realm.user("alpha");

      assertDenied(realm.grant("gated", signer.assertion(realm.idOf(below)), ""));
      assertRefusal(below, "JWT_AUTHORIZATION_GRANT_ERROR");
      assertThat(realm.sessions(below)).isEmpty();
      assertThat(Oidc.tokens(realm.grant("gated", signer.assertion(realm.idOf(above)), "")))
          .isNotNull();
    }
  }
}
