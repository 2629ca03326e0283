// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The denied page as a person meets it, in the realm as it is shipped. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
class DeniedPageInChromiumIT {

  /** Asks for beta. */
  private static final String APP = "todo";

  /** Asks for nothing. */
  private static final String OPEN_APP = "portal";

  private static final Fixture.User PUBLIC = Fixture.known().user("public-user");
  private static final Fixture.User BETA = Fixture.known().user("beta-user");

  @RegisterExtension final Chromium chromium = new Chromium();

  private final ManaRealm realm = new ManaRealm();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          en | This app is currently in closed Beta phase.                  | Signed in as   | Your access | Required
          de | Diese App ist aktuell in der geschlossenen Beta-Phase.       | Angemeldet als | Dein Zugang | Benötigt
          """)
  void speaksTheVisitorsLanguage(
      String language, String sentence, String who, String has, String needs) {
    Page page = denied(chromium.page(language));
    Chromium.picture(page, "denied-" + language);

    assertThat(page.locator("html")).hasAttribute("lang", language);
    assertThat(page.locator("#kc-page-title")).hasText("Todo");
    assertThat(page.locator("#access-tier-message")).hasText(sentence);
    assertThat(page.locator("dt")).hasText(new String[] {who, has, needs});
    assertThat(page.locator("dd"))
        .hasText(
            new Pattern[] {
              Pattern.compile(".+@example[.]test"),
              Pattern.compile("Standard"),
              Pattern.compile("Beta")
            });
  }

  /** With a user of its own: Keycloak remembers the choice. */
  @Test
  void languageCanBeChangedOnThePage() {
    Page page = chromium.page("en");
    signIn(page, APP, Fixture.known().user("guest-user"));

    Locator languages = page.locator("#login-select-toggle");
    languages.selectOption(
        languages.locator("option[value$='kc_locale=de']").getAttribute("value"));

    assertThat(page.locator("#access-tier-message"))
        .hasText("Diese App ist aktuell in der geschlossenen Beta-Phase.");
  }

  @Test
  void overviewIsOnePressAway() {
    Page page = denied(chromium.page("en"));

    page.locator("#access-tier-overview").press("Enter");

    assertThat(page).hasURL(realm.url("/access-tier/portal"));
    assertThat(page.locator("#none")).isVisible();
  }

  @Nested
  class KeepingTheSignIn {

    private final Page page = denied(chromium.page("en"));

    @AfterEach
    void demote() {
      setTier("public");
    }

    @Test
    void anotherAppAsksForNoPassword() {
      page.navigate(realm.signIn(OPEN_APP));

      assertThat(page).hasURL(codeAt(OPEN_APP));
    }

    @Test
    void promotedUserGetsInOnTheNextTry() {
      setTier("beta");

      page.click("#access-tier-retry");
      assertThat(page).hasURL("http://todo.mana.how/");
      page.navigate(realm.signIn(APP));

      assertThat(page).hasURL(codeAt(APP));
    }

    @Test
    void promotedUserGetsInByReloading() {
      setTier("beta");

      page.reload();

      assertThat(page).hasURL(codeAt(APP));
    }

    @Test
    void someoneElseCanSignIn() {
      page.click("#access-tier-other-user");
      Chromium.signIn(page, BETA.email(), BETA.knownPassword());

      assertThat(page).hasURL(codeAt(APP));
    }
  }

  @Test
  void someoneElseCanSignInInPlaceOfAnEarlierSession() {
    Page page = chromium.page("en");
    signIn(page, OPEN_APP, PUBLIC);
    assertThat(page).hasURL(codeAt(OPEN_APP));
    page.navigate(realm.signIn(APP));

    page.click("#access-tier-other-user");
    Chromium.signIn(page, BETA.email(), BETA.knownPassword());

    assertThat(page).hasURL(codeAt(APP));
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void axeFindsNothingSerious(ColorScheme colors) {
    Page page =
        denied(chromium.page(options -> options.setColorScheme(colors).setViewportSize(1280, 800)));

    List<Rule> violations = new AxeBuilder(page).analyze().getViolations();

    assertThat(violations)
        .filteredOn(rule -> List.of("serious", "critical").contains(rule.getImpact()))
        .extracting(rule -> rule.getId() + ": " + rule.getHelp() + " " + rule.getNodes())
        .isEmpty();
  }

  @Test
  void isDarkWhereTheVisitorPrefersIt() {
    assertThat(brightness(ColorScheme.LIGHT)).isGreaterThan(200);
    assertThat(brightness(ColorScheme.DARK)).isLessThan(80);
  }

  @ParameterizedTest
  @ValueSource(ints = {320, 390})
  void fitsAPhone(int width) {
    realm.change(
        "contacts",
        client -> {
          client.setName("Donaudampfschifffahrtsgesellschaftskapitänskontakte");
          client
              .getAttributes()
              .put("access.tier.note", "https://example.test/a/long/address/without/a/space");
        });
    Page page = chromium.page(options -> options.setLocale("de").setViewportSize(width, 700));
    signIn(page, "contacts", PUBLIC);
    assertThat(page.locator("#access-tier-note")).isVisible();

    assertThat((int) page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
    assertThat(
            (List<?>)
                page.evaluate(
                    """
                    () => [...document.querySelectorAll('#kc-content *, #kc-page-title')]
                      .filter(e => e.scrollWidth > e.clientWidth && e.clientWidth > 0)
                      .map(e => e.outerHTML)
                    """))
        .as("text that leaves its box")
        .isEmpty();
  }

  private Page denied(Page page) {
    signIn(page, APP, PUBLIC);
    assertThat(page.locator("#access-tier-message")).isVisible();
    return page;
  }

  private void signIn(Page page, String app, Fixture.User user) {
    page.navigate(realm.signIn(app));
    Chromium.signIn(page, user.email(), user.knownPassword());
  }

  private Pattern codeAt(String app) {
    // Not Pattern.quote: JavaScript evaluates it.
    return Pattern.compile(realm.callback(app).replace(".", "\\.") + "\\?.*\\bcode=.+");
  }

  /** Of the card that the text stands on, 0 to 255. */
  private int brightness(ColorScheme colors) {
    Page page = denied(chromium.page(options -> options.setColorScheme(colors)));
    return (int)
        page.evaluate(
            """
            () => {
              const card = document.querySelector('main');
              const parts = getComputedStyle(card).backgroundColor.match(/\\d+/g);
              return Math.max(...parts.slice(0, 3).map(Number));
            }
            """);
  }

  private static void setTier(String tier) {
    TestServer.shared()
        .postgres()
        .execute(
            TestServer.AUTH,
            "update auth.users set access_tier = '%s' where id = '%s'"
                .formatted(tier, PUBLIC.id()));
  }
}
