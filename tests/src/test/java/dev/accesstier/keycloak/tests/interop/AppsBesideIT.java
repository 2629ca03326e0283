// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An app that registered at the real Better Auth moves to Keycloak. */
@Needs(Needs.Tool.NODE)
@ExtendWith(NodeModules.class)
final class AppsBesideIT {

  private static final String PASSWORD = "Apps-of-the-old-service-1";

  @BesideEachVersion
  void anAppChangesNothingButItsIssuer(SideBySide both) {
    Member member = both.member(PASSWORD);
    AppThere app = AppThere.register(member);
    TestRealm here = both.here();

    app.move(here, true);

    Browser.Stop stop =
        both.browser().signIn(app.signInHere(here, "openid"), member.email(), PASSWORD);
    OIDCTokens tokens = Oidc.tokens(app.redeemHere(here, stop.parameter("code")));
    assertThat(Oidc.claims(tokens.getIDTokenString()))
        .containsEntry("sub", member.id())
        .containsEntry("iss", here.oidc().realmUrl())
        .containsEntry("aud", app.clientId());
  }

  /** Better Auth 1.7 keeps its tokens hashed, in another table. */
  @ParameterizedTest
  @EnumSource(names = {"V1_5", "V1_6"})
  void aRefreshTokenOfThereBecomesOneOfHere(BetterAuth version) {
    SideBySide both = SideBySide.with(version);
    both.sql("alter table auth.oauth_consents add column if not exists consent_given boolean");
    Member member = both.member(PASSWORD);
    AppThere app = AppThere.register(member);
    JsonNode there = app.tokensThere(member, "openid email offline_access");
    String refreshToken = there.path("refresh_token").asText();
    assertThat(refreshToken).as(there.toString()).hasSize(32);
    TestRealm here = both.here();
    app.move(here, true);
    here.configure(Map.of("legacyTokens", "true"));
    try {
      OIDCTokens tokens =
          Oidc.tokens(app.grantHere(here, new RefreshTokenGrant(new RefreshToken(refreshToken))));

      assertThat(Oidc.claims(tokens.getAccessToken()))
          .containsEntry("sub", member.id())
          .containsEntry("azp", app.clientId());
      assertThat(Oidc.tokens(app.grantHere(here, new RefreshTokenGrant(tokens.getRefreshToken()))))
          .isNotNull();
      JsonNode again =
          member
              .there()
              .post(
                  "/oauth2/token",
                  Map.of(
                      "grant_type",
                      "refresh_token",
                      "refresh_token",
                      refreshToken,
                      "client_id",
                      app.clientId(),
                      "client_secret",
                      app.secret()))
              .body();
      assertThat(again.path("error").asText()).as(again.toString()).isEqualTo("invalid_grant");
    } finally {
      here.configure(Map.of("legacyTokens", "false"));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V1_5", "V1_6"})
  void aConsentCountsOnBothSides(BetterAuth version) {
    SideBySide both = SideBySide.with(version);
    both.sql("alter table auth.oauth_consents add column if not exists consent_given boolean");
    Member member = both.member(PASSWORD);
    TestRealm here = both.here();
    AppThere given = AppThere.register(member);
    assertThat(given.tokensThere(member, "openid email").path("access_token").asText())
        .isNotEmpty();
    AppThere asked = AppThere.register(member);
    asked.move(here, false);

    Browser.Stop stop =
        both.browser().signIn(given.signInHere(here, "openid email"), member.email(), PASSWORD);
    assertThat(stop.parameter("code")).as("no question after a consent there").isNotEmpty();

    Browser browser = both.browser();
    Browser.Stop question =
        browser.signIn(asked.signInHere(here, "openid email"), member.email(), PASSWORD);
    Map<String, String> yes = new LinkedHashMap<>();
    yes.put("code", question.page().select("[name=code]").attr("value"));
    yes.put("accept", "Yes");
    assertThat(browser.submit(question, yes).parameter("code")).isNotEmpty();
    assertThat(asked.authorizeThere(member, "openid email"))
        .as("no question there after a consent here")
        .contains("?code=")
        .doesNotContain("consent_code");
    here.realm().users().get(here.user(member.email()).getId()).revokeConsent(asked.clientId());
    assertThat(asked.authorizeThere(member, "openid email")).contains("consent_code");
  }
}
