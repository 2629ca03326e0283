// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.Totp;
import dev.accesstier.keycloak.tests.support.AuthenticatorApp;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.WebApplicationException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.CredentialRepresentation;

/** Second factors are set up, shown and removed through Keycloak. */
@TestInstance(Lifecycle.PER_CLASS)
final class EnrolmentIT {

  private static final List<String> OTP = List.of("otp");

  private FactorRealm writable;
  private FactorRealm readOnly;

  @BeforeAll
  void makeRealms() {
    writable = FactorRealm.create("factor_enrolment", Map.of("editMode", "WRITABLE"), rep -> {});
    readOnly = FactorRealm.over("factor_enrolment", Map.of(), rep -> {});
  }

  @AfterAll
  void removeRealms() {
    writable.close();
    readOnly.close();
  }

  /** Where the browser ends, and the app that was set up in it. */
  record SetUp(Browser.Stop end, AuthenticatorApp app, String secret) {}

  /** Fills in the page that sets a second factor up. */
  static SetUp setUp(Browser browser, Browser.Stop page) {
    String secret = secretOn(page);
    AuthenticatorApp app = AuthenticatorApp.of(secret);
    return new SetUp(submit(browser, page, app.code()), app, secret);
  }

  private static String secretOn(Browser.Stop page) {
    return page.page().expectFirst("input[name=totpSecret]").attr("value");
  }

  private static Browser.Stop submit(Browser browser, Browser.Stop page, String code) {
    return browser.submit(page, Map.of("totp", code));
  }

  private static SetUp setUp(FactorRealm realm, SampleUser user) {
    realm.require(user, FactorRealm.CONFIGURE);
    Browser browser = realm.browser();
    return setUp(browser, realm.afterPassword(browser, user));
  }

  /** The page that an app sends a signed-in user to. */
  private static Browser.Stop action(FactorRealm realm, Browser browser, String action) {
    return browser.open(realm.realm.oidc().authUrl(TestRealm.APP, "&kc_action=" + action));
  }

  private static boolean signsIn(FactorRealm realm, SampleUser user, String code) {
    return realm.grant(user, code).getStatusCode() == 200;
  }

  @Nested
  class InAWritableSchema {

    @Test
    void aSecondFactorIsKeptAsBetterAuthKeepsIt() {
      SampleUser user = writable.user();

      SetUp done = setUp(writable, user);

      assertThat(FactorRealm.isAtApp(done.end())).as(done.end().body()).isTrue();
      TwoFactorRows.Row row = writable.rows.of(user.id());
      assertThat(row.enabled()).isTrue();
      assertThat(row.secret()).matches("[0-9a-f]+");
      assertThat(row.plainSecret()).isEqualTo(done.secret()).matches("[a-zA-Z0-9_-]+");
      assertThat(row.plainCodes())
          .hasSize(10)
          .allMatch(code -> code.matches("[a-zA-Z0-9]{5}-[a-zA-Z0-9]{5}"));
      assertThat(writable.grant(user).getStatusCode()).isEqualTo(400);
      assertThat(signsIn(writable, user, done.app().code())).isTrue();
      assertThat(signsIn(writable, user, row.plainCodes().get(0))).isTrue();
    }

    /** The person is told, and nothing is half done. */
    @Test
    void aTableThatDoesNotTakeTheRowIsSaidOnThePage() {
      try (FactorRealm strict =
          FactorRealm.create("factor_strict", Map.of("editMode", "WRITABLE"), rep -> {})) {
        TestServer.shared()
            .postgres()
            .execute(
                strict.database,
                "alter table auth.two_factor_auth add tenant text not null default '';"
                    + " alter table auth.two_factor_auth alter tenant drop default");
        SampleUser user = strict.user();

        Browser.Stop page = setUp(strict, user).end();

        assertThat(page.status()).as(page.body()).isEqualTo(200);
        assertThat(page.page().text()).contains("A second factor cannot be set up at the moment");
        assertThat(strict.grant(user).getStatusCode()).isEqualTo(400);
        assertThat(strict.rows.of(user.id()).enabled()).isFalse();
        assertThat(TestServer.shared().keycloak().log()).contains("not null of tenant");
      }
    }

    @Test
    void keycloakKeepsNoSecondFactorOfItsOwnBesideIt() {
      SampleUser user = writable.user();

      setUp(writable, user);

      assertThat(credentials(writable, user)).hasSize(1);
      writable.admin(user).disableCredentialType(OTP);
      assertThat(credentials(writable, user)).isEmpty();
      Oidc.tokens(writable.grant(user));
    }

    @Test
    void theCodeThatSetItUpIsUsedUp() {
      SampleUser user = writable.user();
      writable.require(user, FactorRealm.CONFIGURE);
      Browser browser = writable.browser();
      Browser.Stop page = writable.afterPassword(browser, user);
      String secret = secretOn(page);
      String code = AuthenticatorApp.of(secret).code();
      submit(browser, page, code);

      assertThat(writable.rows.of(user.id()).plainSecret()).isEqualTo(secret);
      assertThat(signsIn(writable, user, code)).isFalse();
    }

    @Test
    void aNewOneReplacesTheOld() {
      FactorRealm.Enrolled who = writable.enrolled();
      Browser browser = writable.browser();
      Browser.Stop form = writable.afterPassword(browser, who.user());
      browser.submit(form, Map.of("otp", who.app().code()));

      SetUp done = setUp(browser, action(writable, browser, FactorRealm.CONFIGURE));

      assertThat(FactorRealm.isAtApp(done.end())).as(done.end().body()).isTrue();
      assertThat(writable.rows.of(who.user().id()).plainSecret()).isEqualTo(done.secret());
      assertThat(signsIn(writable, who.user(), who.app().code())).isFalse();
      assertThat(signsIn(writable, who.user(), FactorRealm.BACKUP_CODES.get(0))).isFalse();
      assertThat(signsIn(writable, who.user(), done.app().code())).isTrue();
    }

    @Test
    void aWrongCodeSetsNothingUp() {
      SampleUser user = writable.user();
      writable.require(user, FactorRealm.CONFIGURE);
      Browser browser = writable.browser();
      Browser.Stop page = writable.afterPassword(browser, user);
      String secret = secretOn(page);
      submit(browser, page, AuthenticatorApp.of(secret).wrongCode());

      TwoFactorRows.Row row = writable.rows.of(user.id());
      assertThat(row.enabled()).isFalse();
      assertThat(row.secret()).isNull();
    }

    @Test
    void itIsShownInTheConsoleWithoutItsSecret() {
      FactorRealm.Enrolled who = writable.enrolled();

      assertThat(credentials(writable, who.user()))
          .singleElement()
          .satisfies(
              otp -> {
                assertThat(otp.getId()).isEqualTo("otp-id");
                assertThat(otp.getFederationLink()).isEqualTo(writable.realm.componentId());
                assertThat(otp.getCreatedDate()).isNotNull();
                assertThat(otp.getSecretData()).isNull();
                assertThat(otp.getCredentialData()).contains("\"digits\":6");
              });
      assertThat(writable.admin(who.user()).getConfiguredUserStorageCredentialTypes())
          .contains("otp");
      assertThat(writable.admin(who.user()).toRepresentation().getDisableableCredentialTypes())
          .contains("otp");
    }

    /** The page is Keycloak's, which the realm has to offer; what it shows is typed as shown. */
    @Test
    void recoveryCodesReplaceTheBackupCodes() {
      FactorRealm.Enrolled who = writable.enrolled();
      Browser browser = writable.browser();
      Browser.Stop form = writable.afterPassword(browser, who.user());
      browser.submit(form, Map.of("otp", who.app().code()));
      Browser.Stop page = action(writable, browser, "CONFIGURE_RECOVERY_AUTHN_CODES");
      List<String> shown =
          page.page().select("#kc-recovery-codes-list li").stream().map(Element::ownText).toList();

      Browser.Stop end = browser.submit(page, Map.of());

      assertThat(FactorRealm.isAtApp(end)).as(end.body()).isTrue();
      assertThat(shown).hasSize(12);
      assertThat(writable.rows.of(who.user().id()).plainCodes()).isEqualTo(shown);
      assertThat(signsIn(writable, who.user(), FactorRealm.BACKUP_CODES.get(0))).isFalse();
      assertThat(signsIn(writable, who.user(), shown.get(3))).isTrue();
      assertThat(writable.admin(who.user()).credentials())
          .extracting(CredentialRepresentation::getType)
          .containsExactlyInAnyOrder("password", "otp");
    }

    @Test
    void anAdminRemovesIt() {
      FactorRealm.Enrolled who = writable.enrolled();

      writable.admin(who.user()).disableCredentialType(OTP);

      assertRemoved(who);
    }

    /** As the account console does it. */
    @Test
    void theUserRemovesIt() {
      FactorRealm.Enrolled who = writable.enrolled();
      Browser browser = writable.browser();
      Browser.Stop form = writable.afterPassword(browser, who.user());
      browser.submit(form, Map.of("otp", who.app().code()));

      Browser.Stop page = action(writable, browser, "delete_credential:otp-id");
      Browser.Stop end = browser.submit(page, Map.of("accept", "Yes"));

      assertThat(FactorRealm.isAtApp(end)).as(end.body()).isTrue();
      assertRemoved(who);
    }

    private void assertRemoved(FactorRealm.Enrolled who) {
      TwoFactorRows.Row row = writable.rows.of(who.user().id());
      assertThat(row.enabled()).isFalse();
      assertThat(row.secret()).isNull();
      assertThat(credentials(writable, who.user())).isEmpty();
      Oidc.tokens(writable.grant(who.user()));
    }

    @Test
    void aPolicyThatBetterAuthDoesNotKnowIsRefused() {
      try (FactorRealm other =
          FactorRealm.over(
              writable.database,
              Map.of("editMode", "WRITABLE"),
              rep -> {
                rep.setOtpPolicyType("totp");
                rep.setOtpPolicyAlgorithm(Totp.ALGORITHM);
                rep.setOtpPolicyDigits(Totp.DIGITS);
                rep.setOtpPolicyInitialCounter(0);
                rep.setOtpPolicyLookAheadWindow(1);
                rep.setOtpPolicyPeriod(60);
              })) {
        SampleUser user = other.user();
        other.require(user, FactorRealm.CONFIGURE);
        Browser browser = other.browser();
        Browser.Stop page = other.afterPassword(browser, user);
        String secret = secretOn(page);

        String code = Totp.of(secret).code(Instant.now().getEpochSecond() / 60);
        Browser.Stop stop = submit(browser, page, code);

        assertThat(stop.body()).contains("cannot be set up at the moment");
        assertThat(other.rows.of(user.id()).enabled()).isFalse();
        assertThat(credentials(other, user)).isEmpty();
      }
    }
  }

  @Nested
  class InAReadOnlySchema {

    @Test
    void itIsShownAndCannotBeRemoved() {
      FactorRealm.Enrolled who = readOnly.enrolled();

      assertThat(credentials(readOnly, who.user())).hasSize(1);
      assertThat(readOnly.admin(who.user()).toRepresentation().getDisableableCredentialTypes())
          .isEmpty();
      WebApplicationException refused =
          catchThrowableOfType(
              WebApplicationException.class,
              () -> readOnly.admin(who.user()).disableCredentialType(OTP));
      assertThat(refused.getResponse().getStatus()).isEqualTo(400);
      assertThat(refused.getResponse().readEntity(String.class)).contains("read-only here");
      assertThat(readOnly.rows.of(who.user().id()).enabled()).isTrue();
    }

    @Test
    void theUserIsToldWhereToRemoveIt() {
      FactorRealm.Enrolled who = readOnly.enrolled();
      Browser browser = readOnly.browser();
      Browser.Stop form = readOnly.afterPassword(browser, who.user());
      browser.submit(form, Map.of("otp", who.app().code()));
      Browser.Stop page = action(readOnly, browser, "delete_credential:otp-id");

      Browser.Stop stop = browser.submit(page, Map.of("accept", "Yes"));

      assertThat(stop.status()).isEqualTo(400);
      assertThat(stop.body()).contains("kept by the service it comes from");
      assertThat(readOnly.rows.of(who.user().id()).enabled()).isTrue();
    }

    @Test
    void whoHasOneSetsUpNoOther() {
      FactorRealm.Enrolled who = readOnly.enrolled();
      Browser browser = readOnly.browser();
      Browser.Stop form = readOnly.afterPassword(browser, who.user());
      browser.submit(form, Map.of("otp", who.app().code()));

      SetUp refused = setUp(browser, action(readOnly, browser, FactorRealm.CONFIGURE));

      assertThat(refused.end().body()).contains("kept by the service it comes from");
      assertThat(credentials(readOnly, who.user())).hasSize(1);
      assertThat(signsIn(readOnly, who.user(), refused.app().code())).isFalse();
      assertThat(signsIn(readOnly, who.user(), who.app().code())).isTrue();
    }

    /** And it stays valid when the schema becomes writable, beside that of the schema. */
    @Test
    void whoHasNoneSetsOneUpThatKeycloakKeeps() {
      SampleUser user = readOnly.user();

      SetUp done = setUp(readOnly, user);

      assertThat(FactorRealm.isAtApp(done.end())).as(done.end().body()).isTrue();
      assertThat(readOnly.rows.of(user.id()).enabled()).isFalse();
      assertThat(readOnly.grant(user).getStatusCode()).isEqualTo(400);
      assertThat(signsIn(readOnly, user, done.app().code())).isTrue();
      assertThat(credentials(readOnly, user))
          .singleElement()
          .satisfies(otp -> assertThat(otp.getFederationLink()).isNull());
    }
  }

  private static List<CredentialRepresentation> credentials(FactorRealm realm, SampleUser user) {
    return realm.admin(user).credentials().stream()
        .filter(credential -> "otp".equals(credential.getType()))
        .toList();
  }
}
