// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.accesstier.keycloak.tests.support.AuthenticatorApp;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of second factors, in the realm as it is shipped, over a schema it may write. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
final class SecondFactorInChromiumIT {

  private static final String DATABASE = "second_factor_pages";

  @RegisterExtension final Chromium chromium = new Chromium();

  private final ManaRealm realm = new ManaRealm();

  @BeforeAll
  void useATableOfItsOwn() {
    Fixture.load(TestServer.shared().postgres().createDatabase(DATABASE));
    realm.write(DATABASE);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private Page page(String language) {
    return chromium.page(options -> options.setLocale(language).setViewportSize(390, 800));
  }

  /** On a phone, a keypad of digits would leave backup codes out. */
  @ParameterizedTest
  @CsvSource({
    "en, or a backup code, Type one of your backup codes",
    "de, oder ein Backup-Code, Gib einen deiner Backup-Codes ein"
  })
  void aBackupCodeCanBeTyped(String language, String label, String hint) {
    Fixture.User user = Fixture.known().user("totp-2");
    Page page = page(language);
    page.navigate(realm.signIn("portal"));
    Chromium.signIn(page, user.email(), user.knownPassword());
    assertThat(page.getByLabel(label)).isFocused();
    assertThat(page.getByText(hint)).isVisible();
    assertThat(page.locator("#otp[inputmode]")).hasCount(0);
    assertThat(page.locator("#otp"))
        .hasAttribute("autocomplete", Pattern.compile(".*one-time-code$"));
    assertThat(
            new AxeBuilder(page)
                .analyze().getViolations().stream()
                    .map(Rule::getId)
                    // Keycloak's own field with the name of who signs in has no label.
                    .filter(id -> !id.equals("label")))
        .isEmpty();
    Chromium.picture(page, "code-" + language);
    page.fill("#otp", "wrong-code");
    page.locator("[type=submit]").click();
    assertThat(page.locator("#input-error-otp")).isVisible();
  }

  @Test
  void whoSetsAnAppUpIsShownTheBackupCodesAndMayUseThem() {
    Fixture.User user = Fixture.known().user("beta-user");
    Page page = page("en");
    page.navigate(realm.signIn("portal") + "&kc_action=CONFIGURE_TOTP");
    Chromium.signIn(page, user.email(), user.knownPassword());
    String secret = page.locator("input[name=totpSecret]").inputValue();
    page.fill("#totp", AuthenticatorApp.of(secret).code());
    page.locator("#saveTOTPBtn").click();

    Locator shown = page.locator("#kc-recovery-codes-list li");
    assertThat(shown.first()).isVisible();
    List<String> codes = shown.allTextContents().stream().map(String::strip).toList();
    page.locator("#kcRecoveryCodesConfirmationCheck").check();
    page.locator("#saveRecoveryAuthnCodesBtn").click();
    assertThat(page.getByText("An app")).isVisible();

    Page other = page("en");
    other.navigate(realm.signIn("portal"));
    Chromium.signIn(other, user.email(), user.knownPassword());
    other.fill("#otp", codes.get(2));
    other.locator("[type=submit]").click();
    assertThat(other.getByText("An app")).isVisible();

    Page again = page("en");
    again.navigate(realm.signIn("portal"));
    Chromium.signIn(again, user.email(), user.knownPassword());
    again.fill("#otp", codes.get(2));
    again.locator("[type=submit]").click();
    assertThat(again.locator("#input-error-otp")).isVisible();
  }

  /** New ones in place of the old, which do not work any more. */
  @Test
  void newBackupCodesAreMadeInTheAccountConsole() {
    Fixture.User user = Fixture.known().user("alpha-user");
    Page page = page("en");
    page.navigate(realm.url("/account/account-security/signing-in"));
    Chromium.signIn(page, user.email(), user.knownPassword());
    assertThat(
            page.getByText("Recovery codes")
                .or(page.getByText("Recovery authentication codes"))
                .first())
        .isVisible();
  }
}
