// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.interop.BetterAuthClient.Answer;
import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.AuthenticatorApp;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.MailDrop;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.RealmRepresentation;

/** One authenticator app and one set of backup codes, asked for on both sides. */
final class SecondFactorBesideIT {

  private static final String PASSWORD = "First-factor-1";

  /** What someone has in hand after enrolling. */
  private record Enrolled(Member member, AuthenticatorApp app, List<String> backupCodes) {}

  @BesideEachVersion
  void whoEnrolledThereIsAskedHere(SideBySide both) {
    Enrolled enrolled = enrolThere(both);

    assertThat(both.refusedHere(enrolled.member().email(), PASSWORD)).isTrue();
    assertThat(entersHere(both, enrolled.member(), enrolled.app().wrongCode())).isFalse();
    assertThat(entersHere(both, enrolled.member(), enrolled.app().code())).isTrue();
  }

  @BesideEachVersion
  void whoOnlyBeganThereIsNotAskedHere(SideBySide both) {
    Member member = both.member(PASSWORD);
    beginThere(member);

    both.claimsHere(member.email(), PASSWORD);
  }

  @BesideEachVersion
  void whoDisabledItThereIsNotAskedHere(SideBySide both) {
    Member member = enrolThere(both).member();

    assertThat(member.there().post("/two-factor/disable", Map.of("password", PASSWORD)).status())
        .isEqualTo(200);

    both.claimsHere(member.email(), PASSWORD);
  }

  @BesideEachVersion
  void whoEnrolledHereIsAskedThere(SideBySide both) {
    Member member = both.member(PASSWORD);
    AuthenticatorApp app = enrolHere(both, member);

    assertThat(entersThere(both, member, "totp", app.wrongCode())).isFalse();
    assertThat(entersThere(both, member, "totp", app.code())).isTrue();
    // Better Auth can read the codes, however many Keycloak gave.
    assertThat(backupCodesThere(both, member)).isNotNull();
  }

  /** What Better Auth kept about the factor that was begun does not lock out the other. */
  @BesideEachVersion
  void whoBeganThereAndEnrolledHereIsAskedThere(SideBySide both) {
    Member member = both.member(PASSWORD);
    beginThere(member);

    AuthenticatorApp app = enrolHere(both, member);

    assertThat(entersThere(both, member, "totp", app.code())).isTrue();
  }

  /** Each side counts the wrong codes of both, where the version counts. */
  @BesideEachVersion
  void wrongCodesHereCountThere(SideBySide both) {
    Enrolled enrolled = enrolThere(both);
    for (int i = 0; i < 4; i++) {
      assertThat(entersHere(both, enrolled.member(), enrolled.app().wrongCode())).isFalse();
    }
    for (int i = 0; i < 6; i++) {
      entersThere(both, enrolled.member(), "totp", enrolled.app().wrongCode());
    }

    boolean counted = both.countsWrongCodes();
    assertThat(entersHere(both, enrolled.member(), enrolled.app().code())).isEqualTo(!counted);
    assertThat(entersThere(both, enrolled.member(), "totp", enrolled.app().code()))
        .isEqualTo(!counted);
  }

  @BesideEachVersion
  void whoRemovedItHereIsNotAskedThere(SideBySide both) {
    Member member = enrolThere(both).member();

    both.userHere(member.email()).disableCredentialType(List.of("otp"));

    BetterAuthClient there = both.there().visitor();
    there.signIn(member.email(), PASSWORD);
    assertThat(there.isSignedIn()).isTrue();
  }

  /** Since 1.7 alone; each side takes the codes that it mailed itself. */
  @Test
  void whoChoseACodeByMailThereGetsOneHere() throws Exception {
    SideBySide both = SideBySide.with(BetterAuth.V1_7);
    Member member = both.member(PASSWORD);
    assertThat(
            member
                .there()
                .post("/two-factor/enable", Map.of("password", PASSWORD, "method", "otp"))
                .body()
                .path("method")
                .asText())
        .isEqualTo("otp");

    RealmResource here = both.here().realm();
    try (MailDrop mails = new MailDrop()) {
      mails.receiveFrom(here);
      assertThat(Oidc.json(both.signInHere(member.email(), PASSWORD)))
          .containsEntry("error_description", "second_factor_mailed");
      Matcher code = Pattern.compile("sign in to \\S+ is (\\d{6})").matcher(mails.next());
      assertThat(code.find()).isTrue();
      assertThat(entersHere(both, member, code.group(1))).isTrue();
    } finally {
      RealmRepresentation silent = here.toRepresentation();
      silent.setSmtpServer(Map.of());
      here.update(silent);
    }
    BetterAuthClient there = both.there().visitor();
    there.signIn(member.email(), PASSWORD);
    there.post("/two-factor/send-otp", Map.of());
    there.post(
        "/two-factor/verify-otp", Map.of("code", there.mailed("second-factor", member.email())));
    assertThat(there.isSignedIn()).isTrue();
  }

  @BesideEachVersion
  void aBackupCodeUsedHereIsGoneThere(SideBySide both) {
    Enrolled enrolled = enrolThere(both);
    Member member = enrolled.member();
    String used = enrolled.backupCodes().get(3);

    assertThat(entersHere(both, member, used)).isTrue();

    assertThat(backupCodesThere(both, member)).hasSize(9).doesNotContain(used);
    assertThat(enrolled.backupCodes()).containsAll(backupCodesThere(both, member));
    assertThat(entersThere(both, member, "backup-code", used)).isFalse();
    assertThat(entersThere(both, member, "backup-code", enrolled.backupCodes().get(4))).isTrue();
  }

  /** Better Auth finds the row to update by an id, which only our mapping in tables.mjs has. */
  @BesideEachVersion
  void aBackupCodeUsedThereIsGoneHere(SideBySide both) {
    Enrolled enrolled = enrolThere(both);
    Member member = enrolled.member();
    String used = enrolled.backupCodes().get(0);

    assertThat(entersThere(both, member, "backup-code", used)).isTrue();

    assertThat(entersHere(both, member, used)).isFalse();
    assertThat(entersHere(both, member, enrolled.backupCodes().get(9))).isTrue();
  }

  private static Enrolled beginThere(Member member) {
    Answer begun = member.there().post("/two-factor/enable", Map.of("password", PASSWORD));
    String uri = begun.body().path("totpURI").asText();
    String secret = uri.replaceAll(".*[?&]secret=([A-Z2-7]+).*", "$1");
    return new Enrolled(
        member, AuthenticatorApp.of(decoded(secret)), texts(begun.body().path("backupCodes")));
  }

  private static Enrolled enrolThere(SideBySide both) {
    Enrolled begun = beginThere(both.member(PASSWORD));
    Map<String, String> code = Map.of("code", begun.app().code());
    assertThat(begun.member().there().post("/two-factor/verify-totp", code).status())
        .isEqualTo(200);
    return begun;
  }

  private static AuthenticatorApp enrolHere(SideBySide both, Member member) {
    Browser browser = both.browser();
    Stop form =
        browser.signIn(
            both.here().oidc().authUrl(TestRealm.APP, "&kc_action=CONFIGURE_TOTP"),
            member.email(),
            PASSWORD);
    AuthenticatorApp app =
        AuthenticatorApp.of(form.page().expectFirst("input[name=totpSecret]").attr("value"));
    Stop done = browser.submit(form, Map.of("totp", app.code()));
    assertThat(done.parameter("code")).as(done.body()).isNotEmpty();
    return app;
  }

  /** By the browser, which asks for the code after the password. */
  private static boolean entersHere(SideBySide both, Member member, String code) {
    Browser browser = both.browser();
    Stop form =
        browser.signIn(both.here().oidc().authUrl(TestRealm.APP, ""), member.email(), PASSWORD);
    assertThat(form.page().selectFirst("input[name=otp]")).as(form.body()).isNotNull();
    return !browser.submit(form, Map.of("otp", code)).parameter("code").isEmpty();
  }

  private static boolean entersThere(SideBySide both, Member member, String kind, String code) {
    BetterAuthClient there = both.there().visitor();
    assertThat(there.signIn(member.email(), PASSWORD).body().path("twoFactorRedirect").asBoolean())
        .isTrue();
    assertThat(there.isSignedIn()).isFalse();
    Answer answer = there.post("/two-factor/verify-" + kind, Map.of("code", code));
    assertThat(answer.status()).isIn(200, 401, 429);
    assertThat(there.isSignedIn()).isEqualTo(answer.status() == 200);
    return there.isSignedIn();
  }

  private static List<String> backupCodesThere(SideBySide both, Member member) {
    Answer answer = both.there().visitor().get("/test/backup-codes?user=" + member.id());
    assertThat(answer.status()).isEqualTo(200);
    return texts(answer.body().path("backupCodes"));
  }

  private static List<String> texts(JsonNode array) {
    assertThat(array.isArray()).isTrue();
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  /** Base32, of text that begins with no zero. */
  private static String decoded(String base32) {
    StringBuilder digits = new StringBuilder();
    base32
        .chars()
        .map("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"::indexOf)
        .forEach(value -> digits.append(Character.forDigit(value, 32)));
    byte[] bytes =
        new BigInteger(digits.toString(), 32).shiftRight(base32.length() * 5 % 8).toByteArray();
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
