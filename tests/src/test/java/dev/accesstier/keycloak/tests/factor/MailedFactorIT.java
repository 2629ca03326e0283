// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.MailDrop;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.RealmRepresentation;

/**
 * People whose second factor is a code by mail: the flag in {@code users}, and no row in {@code
 * two_factor_auth}, as Better Auth keeps it since 1.7.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class MailedFactorIT {

  private static final String HASH = ScryptHash.of(FactorRealm.PASSWORD).stored();
  private static final Pattern CODE = Pattern.compile("\\b\\d{6}\\b");

  private FactorRealm realm;
  private MailDrop mails;

  @BeforeAll
  void makeRealm() {
    mails = new MailDrop();
    realm = FactorRealm.create("mailed_factor", Map.of(), MailedFactorIT::protect);
    mails.receiveFrom(realm.realm.realm());
  }

  private static void protect(RealmRepresentation rep) {
    rep.setBruteForceProtected(true);
    rep.setFailureFactor(50);
    rep.setInternationalizationEnabled(true);
    rep.setSupportedLocales(Set.of("en", "de"));
    rep.setDefaultLocale("en");
  }

  @AfterEach
  void noFurtherMailCame() {
    assertThat(mails.isEmpty()).isTrue();
  }

  @AfterAll
  void removeRealm() throws IOException {
    realm.close();
    mails.close();
  }

  @Test
  void theBrowserAsksForTheCode() throws Exception {
    SampleUser user = user();
    Browser browser = realm.browser();

    Browser.Stop form = realm.afterPassword(browser, user);

    assertThat(form.page().text()).contains("We have sent a code to your email address");
    String code = nextCode();
    Browser.Stop wrong = browser.submit(form, Map.of("otp", not(code)));
    assertThat(FactorRealm.asksForCode(wrong)).isTrue();
    assertThat(FactorRealm.isAtApp(browser.submit(wrong, Map.of("otp", code)))).isTrue();
  }

  @Test
  void thePasswordGrantSaysThatACodeWasMailed() throws Exception {
    SampleUser user = user();

    assertRefused(realm.grant(user), "second_factor_mailed");

    assertThat(failures(user)).isZero();
    String code = nextCode();
    assertThat(realm.grant(user, not(code)).getStatusCode()).isEqualTo(400);
    await().until(() -> failures(user) == 1);
    assertThat(realm.grant(user, code).getStatusCode()).isEqualTo(200);
    assertThat(realm.grant(user, code).getStatusCode()).as("a second time").isEqualTo(400);
  }

  @Test
  void aWrongPasswordMailsNothing() {
    SampleUser user = user();
    assertThat(
            realm.realm.oidc().password(TestRealm.APP, user.email(), "wrong-one").getStatusCode())
        .isEqualTo(400);
    assertThat(
            realm
                .realm
                .oidc()
                .password(TestRealm.APP, user.email(), "wrong-one", "123456")
                .getStatusCode())
        .isEqualTo(400);
  }

  @Test
  void oneCodeAMinuteIsMailed() throws Exception {
    SampleUser user = user();
    assertRefused(realm.grant(user), "second_factor_mailed");
    assertRefused(realm.grant(user), "second_factor_mailed");
    Browser browser = realm.browser();
    Browser.Stop form = realm.afterPassword(browser, user);

    assertThat(FactorRealm.isAtApp(browser.submit(form, Map.of("otp", nextCode())))).isTrue();
    // It is used up, and another one must wait.
    assertRefused(realm.grant(user), "second_factor_too_many_mails");
    assertThat(realm.afterPassword(realm.browser(), user).status()).isEqualTo(429);
  }

  @Test
  void aCodeTakesFiveTries() throws Exception {
    SampleUser user = user();
    assertRefused(realm.grant(user), "second_factor_mailed");
    String code = nextCode();
    for (int i = 0; i < 5; i++) {
      assertThat(realm.grant(user, not(code)).getStatusCode()).isEqualTo(400);
    }
    assertThat(realm.grant(user, code).getStatusCode()).isEqualTo(400);
  }

  @Test
  void anothersCodeIsNone() throws Exception {
    SampleUser user = user();
    SampleUser other = user();
    assertRefused(realm.grant(other), "second_factor_mailed");
    String others = nextCode();
    assertRefused(realm.grant(user), "second_factor_mailed");
    String own = nextCode();
    if (!own.equals(others)) {
      assertThat(realm.grant(user, others).getStatusCode()).isEqualTo(400);
    }
    assertThat(realm.grant(user, own).getStatusCode()).isEqualTo(200);
  }

  @Test
  void theMailSpeaksTheLanguageOfThePerson() throws Exception {
    SampleUser user = user();
    Browser.Stop form =
        realm
            .browser()
            .signIn(
                realm.realm.oidc().authUrl(TestRealm.APP, "&ui_locales=de"),
                user.email(),
                FactorRealm.PASSWORD);
    assertThat(form.page().text()).contains("Wir haben einen Code an deine E-Mail-Adresse");
    assertThat(mails.next())
        .contains("Subject: Dein Code zum Anmelden", "Dein Code zum Anmelden bei", "text/html");
  }

  /** What cannot be read is no reason to ask for less. */
  @Test
  void anUnreadableFactorIsNotReplacedByAMail() {
    SampleUser user = realm.userWith("not-encrypted", "neither");
    assertThat(realm.grant(user).getStatusCode()).isEqualTo(400);
  }

  @Test
  void aBegunAuthenticatorAppLeavesTheMail() throws Exception {
    SampleUser user = user();
    realm.rows.add(user.id(), TwoFactorRows.CIPHER.encrypt(SampleUser.newId()), "unused");
    execute("alter table auth.two_factor_auth add column if not exists verified boolean");
    execute("update auth.two_factor_auth set verified = false where user_id = '" + user.id() + "'");

    assertRefused(realm.grant(user), "second_factor_mailed");
    assertThat(realm.grant(user, nextCode()).getStatusCode()).isEqualTo(200);
  }

  @Test
  void whereTheRealmSendsNoMailAPageSaysSo() {
    try (FactorRealm silent = FactorRealm.over(realm.database, Map.of(), MailedFactorIT::protect)) {
      assertUnavailable(silent);
    }
  }

  /** Whoever got no mail need not wait for the next one. */
  @Test
  void aMailServerThatIsAwayCountsForNoMail() throws Exception {
    SampleUser user = user();
    try (MailDrop away = new MailDrop()) {
      away.receiveFrom(realm.realm.realm());
    }
    try {
      assertRefused(realm.grant(user), "second_factor_unavailable");
    } finally {
      mails.receiveFrom(realm.realm.realm());
    }
    assertRefused(realm.grant(user), "second_factor_mailed");
    assertThat(realm.grant(user, nextCode()).getStatusCode()).isEqualTo(200);
  }

  @Test
  void anOptionSwitchesItOff() {
    realm.realm.configure(Map.of("mailedSecondFactor", "false"));
    try {
      assertUnavailable(realm);
    } finally {
      realm.realm.configure(Map.of("mailedSecondFactor", "true"));
    }
  }

  private void assertUnavailable(FactorRealm where) {
    SampleUser user = user();
    assertRefused(where.grant(user), "second_factor_unavailable");
    Browser.Stop page = where.afterPassword(where.browser(), user);
    assertThat(page.status()).isEqualTo(503);
    assertThat(page.page().text()).contains("Your account needs a code by email to sign in");
    assertThat(where.grant(user, "123456").getStatusCode()).isEqualTo(400);
  }

  private SampleUser user() {
    String email = SampleUser.newId().toLowerCase(Locale.ROOT) + "@example.test";
    return realm.add(SampleUser.of(email, "By Mail").passwordHash(HASH).withTwoFactor());
  }

  private static void assertRefused(HTTPResponse response, String description) {
    assertThat(response.getStatusCode()).isEqualTo(400);
    assertThat(Oidc.json(response))
        .containsEntry("error", "invalid_grant")
        .containsEntry("error_description", description);
  }

  private void execute(String sql) {
    TestServer.shared().postgres().execute(realm.database, sql);
  }

  private int failures(SampleUser user) {
    return realm.realm.failures(realm.realm.user(user.email()).getId());
  }

  private String nextCode() throws InterruptedException {
    String mail = mails.next();
    Matcher code = CODE.matcher(mail.substring(mail.indexOf("Your code to sign in to")));
    if (!code.find()) {
      throw new AssertionError("no code in " + mail);
    }
    return code.group();
  }

  private static String not(String code) {
    return code.equals("000000") ? "000001" : "000000";
  }
}
