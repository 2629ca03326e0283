// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.util.Map;

/** Better Auth was given a new secret: the sessions of before are over, on both sides. */
final class SecretRotationBesideIT {

  private static final String PASSWORD = "Signed-in-before-1";
  private static final String COOKIE = BetterAuthClient.SESSION_COOKIE;

  /** Better Auth keeps the one of before to decrypt with, and signs and verifies by the new one. */
  private static final String ROTATED =
      "2:the-new-secret-of-the-same-service,1:" + Fixture.known().secret();

  @BesideEachVersion
  void aCookieSignedByTheSecretOfBeforeSignsInOnNeitherSide(SideBySide both) {
    Member member = both.member(PASSWORD);
    String before = member.there().cookie(COOKIE);
    BetterAuthServer rotated = both.there().withSecrets(ROTATED);
    try (TestRealm here = RealmBeside.create(both.there().database())) {
      assertThat(openApp(both, here, before).parameter("code")).isNotEmpty();
      here.configure(Map.of("betterAuthSecret", ROTATED + "," + Fixture.known().secret()));

      assertThat(rotated.visitor().bringing(COOKIE, before).isSignedIn()).isFalse();
      assertThat(openApp(both, here, before).page().selectFirst("input[name=password]"))
          .isNotNull();

      BetterAuthClient anew = rotated.visitor();
      assertThat(anew.signIn(member.email(), PASSWORD).status()).isEqualTo(200);
      assertThat(anew.isSignedIn()).isTrue();
      assertThat(openApp(both, here, anew.cookie(COOKIE)).parameter("code")).isNotEmpty();
    }
  }

  private static Stop openApp(SideBySide both, TestRealm here, String cookie) {
    assertThat(cookie).isNotEmpty();
    return both.browser().bringing(COOKIE, cookie).open(here.oidc().authUrl(TestRealm.APP, ""));
  }
}
