// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Needs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody sees whose mailed link is used up, in the realm as it is shipped. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
final class LinkPageInChromiumIT {

  @RegisterExtension final Chromium chromium = new Chromium();

  private final ManaRealm realm = new ManaRealm();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @CsvSource({
    "en, This link cannot be used, Go to sign-in, Send a new mail",
    "de, Dieser Link lässt sich nicht verwenden, Zur Anmeldung, Neue Mail senden"
  })
  void aUsedLinkHasAWayOn(String language, String title, String signIn, String newMail) {
    Page page = chromium.page(options -> options.setLocale(language).setViewportSize(390, 800));
    page.navigate(realm.url("/access-tier/reset-password/long-gone"));
    assertThat(page.getByRole(AriaRole.HEADING).first()).hasText(title);
    assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
    assertThat(
            (Boolean)
                page.evaluate(
                    "document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
        .isTrue();
    Chromium.picture(page, "used-link-" + language);
    page.getByText(newMail).click();
    assertThat(page.locator("#kc-reset-password-form, form #username").first()).isVisible();
    page.goBack();
    page.getByText(signIn).click();
    assertThat(page.locator("#username")).isVisible();
    assertThat(page.locator("#password")).isVisible();
  }
}
