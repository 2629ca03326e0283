// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.token.AccessToken;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Oidc;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.EventRepresentation;

/** An app is told of a refusal in the words of its protocol. */
@TestInstance(Lifecycle.PER_CLASS)
class ToldAppIT {

  private final GateRealm realm = GateRealm.create();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private void isToldOf(Stop stop) {
    assertThat(stop.uri().toString()).startsWith("http://app.test/");
    assertThat(stop.parameter("error")).isEqualTo("access_denied");
    assertThat(stop.parameter("error_description")).contains("tier");
    assertThat(stop.parameter("state")).isEqualTo("abc");
    assertThat(stop.parameter("iss")).isEqualTo(realm.url(""));
    assertThat(stop.parameter("code")).isEmpty();
  }

  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  class ByTheButtonOfThePage {

    @Test
    void thePersonGoesBackToTheApp() {
      Browser browser = new Browser(realm.base);
      Stop page = browser.signIn(realm.authUrl("gated", ""), realm.user("beta"));
      assertThat(page.page().expectFirst("#access-tier-back").text()).isEqualTo("Back to Todo");

      isToldOf(browser.submit(page, Map.of("access-tier-back", "true")));
    }

    @Test
    void theSignInIsKept() {
      Browser browser = new Browser(realm.base);
      Stop page = browser.signIn(realm.authUrl("gated", ""), realm.user("beta"));
      browser.submit(page, Map.of("access-tier-back", "true"));

      assertThat(browser.open(realm.authUrl("open", "")).parameter("code")).isNotEmpty();
    }

    @Test
    void whoWasPromotedMeanwhileGetsIn() {
      String user = realm.user("beta");
      Browser browser = new Browser(realm.base);
      Stop page = browser.signIn(realm.authUrl("gated", ""), user);
      realm.move(user, "alpha");

      assertThat(browser.submit(page, Map.of("access-tier-back", "true")).parameter("code"))
          .isNotEmpty();
    }
  }

  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  class AtOnceWhereTheClientSaysSo {

    private final GateRealm telling = GateRealm.create();

    @BeforeAll
    void tell() {
      telling.attribute("gated", "access.tier.denied", "redirect");
      telling.attribute("gated-saml", "access.tier.denied", "redirect");
    }

    @AfterAll
    void remove() {
      telling.close();
    }

    private void isTold(Stop stop) {
      assertThat(stop.uri().toString()).startsWith("http://app.test/");
      assertThat(stop.parameter("error")).isEqualTo("access_denied");
      assertThat(stop.parameter("state")).isEqualTo("abc");
      assertThat(stop.parameter("iss")).isEqualTo(telling.url(""));
    }

    @Test
    void aFreshLoginIsAnswered() {
      String user = telling.user("beta");
      Browser browser = new Browser(telling.base);

      isTold(browser.signIn(telling.authUrl("gated", ""), user));

      assertThat(telling.refusals(user))
          .singleElement()
          .extracting(EventRepresentation::getDetails)
          .satisfies(details -> assertThat(details).containsEntry("reason", "access_tier"));
      assertThat(browser.open(telling.authUrl("open", "")).parameter("code")).isNotEmpty();
    }

    @Test
    void aSecondAppOfTheSessionIsAnswered() {
      Browser browser = new Browser(telling.base);
      browser.signIn(telling.authUrl("open", ""), telling.user("beta"));

      isTold(browser.open(telling.authUrl("gated", "")));
      assertThat(browser.open(telling.authUrl("open", "")).parameter("code")).isNotEmpty();
    }

    @Test
    void theResponseModeIsTheRequests() {
      Stop stop =
          new Browser(telling.base)
              .signIn(telling.authUrl("gated", "&response_mode=form_post"), telling.user("beta"));

      assertThat(stop.page().expectFirst("[name=error]").attr("value")).isEqualTo("access_denied");
      assertThat(stop.page().expectFirst("form").attr("action")).startsWith("http://app.test/");
    }

    @Test
    void withoutAPromptItStaysInteractionRequired() {
      Browser browser = new Browser(telling.base);
      browser.signIn(telling.authUrl("open", ""), telling.user("beta"));

      assertThat(browser.open(telling.authUrl("gated", "&prompt=none")).parameter("error"))
          .isEqualTo("interaction_required");
    }

    @Test
    void whoMayEnterGetsACode() {
      Stop stop =
          new Browser(telling.base).signIn(telling.authUrl("gated", ""), telling.user("founder"));

      assertThat(stop.parameter("code")).isNotEmpty();
    }

    @Test
    void aSamlClientGetsRequestDenied() {
      Stop stop =
          new Browser(telling.base)
              .signIn(SamlRequests.login(telling, "gated-saml"), telling.user("beta"));

      String answer =
          new String(
              Base64.getMimeDecoder()
                  .decode(stop.page().expectFirst("[name=SAMLResponse]").attr("value")),
              StandardCharsets.UTF_8);
      assertThat(answer).contains("status:RequestDenied").doesNotContain("Assertion>");
    }

    @Test
    void anotherValueShowsThePage() {
      try (GateRealm other = GateRealm.create()) {
        other.attribute("gated", "access.tier.denied", "redirekt");

        assertThat(
                new Browser(other.base)
                    .signIn(other.authUrl("gated", ""), other.user("beta"))
                    .isDeniedPage())
            .isTrue();
      }
    }
  }

  /** RFC 6750, section 3. */
  @Test
  void userinfoSaysWhyInTheHeader() throws Exception {
    String user = realm.user("alpha");
    AccessToken token =
        Oidc.tokens(realm.password("gated", user, "openid to-gated")).getAccessToken();
    realm.move(user, "beta");

    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(realm.url("/protocol/openid-connect/userinfo")))
                    .header("Authorization", "Bearer " + token.getValue())
                    .header("Origin", "http://app.test")
                    .build(),
                BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
        .startsWith("Bearer realm=\"" + realm.name + "\"")
        .contains("error=\"access_denied\"", "error_description=\"");
    assertThat(answer.body()).contains("\"error\":\"access_denied\"");
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
        .contains("http://app.test");
    assertThat(answer.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
        .contains("WWW-Authenticate");
  }
}
