// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.interop.BetterAuthClient.Answer;
import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.util.LinkedHashMap;
import java.util.Map;

/** A link that Better Auth mailed is good for one use, on either side. */
final class MailedLinkBesideIT {

  private static final String OLD = "Before-reset-1";
  private static final String NEW = "After-reset-2";

  @BesideEachVersion
  void aResetMailedThereIsUsedHere(SideBySide both) {
    aResetIsUsedHere(both, both.there());
  }

  /** The row has the hash of what the link holds. */
  @BesideEachVersion
  void aResetMailedThereAndStoredHashedIsUsedHere(SideBySide both) {
    aResetIsUsedHere(both, both.hashing());
  }

  private static void aResetIsUsedHere(SideBySide both, BetterAuthServer there) {
    Member member = both.member(OLD);
    String token = resetToken(there, member);
    assertThat(isStored(both, token)).isEqualTo(there == both.there());
    Browser browser = both.browser();
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("password-new", NEW);
    fields.put("password-confirm", NEW);

    browser.submit(confirmed(browser, openReset(both, browser, token)), fields);

    assertThat(both.signInThere(member.email(), NEW)).isEqualTo(200);
    assertThat(both.signInThere(member.email(), OLD)).isEqualTo(401);
    assertThat(resetThere(there, token, "Third-reset-3").code()).isEqualTo("INVALID_TOKEN");
    assertThat(openReset(both, both.browser(), token).status()).isEqualTo(400);
  }

  @BesideEachVersion
  void aResetUsedThereIsOfNoUseHere(SideBySide both) {
    String token = resetToken(both.there(), both.member(OLD));
    assertThat(resetThere(both.there(), token, NEW).status()).isEqualTo(200);

    assertThat(openReset(both, both.browser(), token).status()).isEqualTo(400);
  }

  @BesideEachVersion
  void aMagicLinkMailedThereSignsInHere(SideBySide both) {
    aMagicLinkSignsInHere(both, both.there());
  }

  @BesideEachVersion
  void aMagicLinkMailedThereAndStoredHashedSignsInHere(SideBySide both) {
    aMagicLinkSignsInHere(both, both.hashing());
  }

  private static void aMagicLinkSignsInHere(SideBySide both, BetterAuthServer there) {
    Member member = both.member(OLD);
    String link = magicLink(there, member);
    assertThat(isStored(both, magicToken(link))).isEqualTo(there == both.there());
    Browser browser = both.browser();

    confirmed(browser, openMagicLink(both, browser, link));

    Stop app = browser.open(both.here().oidc().authUrl(TestRealm.APP, ""));
    assertThat(app.parameter("code")).as(app.body()).isNotEmpty();
    BetterAuthClient visitor = there.visitor();
    visitor.open(link);
    assertThat(visitor.isSignedIn()).isFalse();
    assertThat(openMagicLink(both, both.browser(), link).status()).isEqualTo(400);
  }

  @BesideEachVersion
  void aMagicLinkUsedThereIsOfNoUseHere(SideBySide both) {
    String link = magicLink(both.there(), both.member(OLD));
    BetterAuthClient visitor = both.there().visitor();
    visitor.open(link);
    assertThat(visitor.isSignedIn()).isTrue();

    assertThat(openMagicLink(both, both.browser(), link).status()).isEqualTo(400);
  }

  private static String resetToken(BetterAuthServer there, Member member) {
    BetterAuthClient visitor = there.visitor();
    visitor.post("/request-password-reset", Map.of("email", member.email()));
    return visitor
        .mailed("reset-password", member.email())
        .replaceAll(".*/reset-password/([^?]+).*", "$1");
  }

  private static String magicLink(BetterAuthServer there, Member member) {
    BetterAuthClient visitor = there.visitor();
    visitor.post("/sign-in/magic-link", Map.of("email", member.email()));
    return visitor.mailed("magic-link", member.email());
  }

  private static Answer resetThere(BetterAuthServer there, String token, String password) {
    return there.visitor().post("/reset-password", Map.of("token", token, "newPassword", password));
  }

  private static Stop openReset(SideBySide both, Browser browser, String token) {
    return browser.open(both.here().oidc().realmUrl() + "/access-tier/reset-password/" + token);
  }

  private static Stop openMagicLink(SideBySide both, Browser browser, String link) {
    return browser.open(
        both.here().oidc().realmUrl() + "/access-tier/magic-link?token=" + magicToken(link));
  }

  private static String magicToken(String link) {
    return link.replaceAll(".*[?&]token=([^&]+).*", "$1");
  }

  /** Whether the table tells it to whoever reads it. */
  private static boolean isStored(SideBySide both, String token) {
    return !both.rows()
        .all("select id from auth.verification where identifier like ?", '%' + token)
        .isEmpty();
  }

  /** Keycloak asks first, as mail scanners follow links too. */
  private static Stop confirmed(Browser browser, Stop question) {
    return browser.open(question.page().expectFirst("a[href*=action-token]").absUrl("href"));
  }
}
