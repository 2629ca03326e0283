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
    Member member = both.member(OLD);
    String token = resetToken(both, member);
    Browser browser = both.browser();
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("password-new", NEW);
    fields.put("password-confirm", NEW);

    browser.submit(confirmed(browser, openReset(both, browser, token)), fields);

    assertThat(both.signInThere(member.email(), NEW)).isEqualTo(200);
    assertThat(both.signInThere(member.email(), OLD)).isEqualTo(401);
    assertThat(resetThere(both, token, "Third-reset-3").code()).isEqualTo("INVALID_TOKEN");
    assertThat(openReset(both, both.browser(), token).status()).isEqualTo(400);
  }

  @BesideEachVersion
  void aResetUsedThereIsOfNoUseHere(SideBySide both) {
    String token = resetToken(both, both.member(OLD));
    assertThat(resetThere(both, token, NEW).status()).isEqualTo(200);

    assertThat(openReset(both, both.browser(), token).status()).isEqualTo(400);
  }

  @BesideEachVersion
  void aMagicLinkMailedThereSignsInHere(SideBySide both) {
    Member member = both.member(OLD);
    String link = magicLink(both, member);
    Browser browser = both.browser();

    confirmed(browser, openMagicLink(both, browser, link));

    Stop app = browser.open(both.here().oidc().authUrl(TestRealm.APP, ""));
    assertThat(app.parameter("code")).as(app.body()).isNotEmpty();
    BetterAuthClient visitor = both.there().visitor();
    visitor.open(link);
    assertThat(visitor.isSignedIn()).isFalse();
    assertThat(openMagicLink(both, both.browser(), link).status()).isEqualTo(400);
  }

  @BesideEachVersion
  void aMagicLinkUsedThereIsOfNoUseHere(SideBySide both) {
    String link = magicLink(both, both.member(OLD));
    BetterAuthClient visitor = both.there().visitor();
    visitor.open(link);
    assertThat(visitor.isSignedIn()).isTrue();

    assertThat(openMagicLink(both, both.browser(), link).status()).isEqualTo(400);
  }

  private static String resetToken(SideBySide both, Member member) {
    BetterAuthClient visitor = both.there().visitor();
    visitor.post("/request-password-reset", Map.of("email", member.email()));
    return visitor
        .mailed("reset-password", member.email())
        .replaceAll(".*/reset-password/([^?]+).*", "$1");
  }

  private static String magicLink(SideBySide both, Member member) {
    BetterAuthClient visitor = both.there().visitor();
    visitor.post("/sign-in/magic-link", Map.of("email", member.email()));
    return visitor.mailed("magic-link", member.email());
  }

  private static Answer resetThere(SideBySide both, String token, String password) {
    return both.there()
        .visitor()
        .post("/reset-password", Map.of("token", token, "newPassword", password));
  }

  private static Stop openReset(SideBySide both, Browser browser, String token) {
    return browser.open(both.here().oidc().realmUrl() + "/access-tier/reset-password/" + token);
  }

  private static Stop openMagicLink(SideBySide both, Browser browser, String link) {
    String token = link.replaceAll(".*[?&]token=([^&]+).*", "$1");
    return browser.open(both.here().oidc().realmUrl() + "/access-tier/magic-link?token=" + token);
  }

  /** Keycloak asks first, as mail scanners follow links too. */
  private static Stop confirmed(Browser browser, Stop question) {
    return browser.open(question.page().expectFirst("a[href*=action-token]").absUrl("href"));
  }
}
