// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import dev.accesstier.keycloak.tests.support.AuthStatements;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Needs;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page with a person's apps, in the realm as it is shipped. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
class PortalInChromiumIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");
  private static final Fixture.User GUEST = Fixture.known().user("guest-user");

  @RegisterExtension final Chromium chromium = new Chromium();

  private final ManaRealm realm = new ManaRealm();

  @BeforeAll
  void describeApps() {
    realm.change("clock", client -> client.getAttributes().put("access.tier.archived", "true"));
  }

  private void describe(String name, String icon) {
    realm.change(
        "todo",
        client -> {
          client.setName(name);
          client.getAttributes().put("logoUri", icon);
        });
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void showsWhatThePersonMayEnterAndFoldsTheRest() {
    describe("<b>To & do</b>", "https://icons.test/todo.png");
    Page page = entered(chromium.page("en"), BETA);

    assertThat(page.locator("#open li").filter(named("<b>To & do</b>"))).hasCount(1);
    assertThat(page.locator("#open a").filter(named("<b>To & do</b>")))
        .hasAttribute("href", "http://todo.mana.how/");
    assertThat(page.locator("img")).hasAttribute("src", "https://icons.test/todo.png");
    assertThat(page.locator(".apps").filter(named("Clock"))).hasCount(0);
    assertThat(page.locator("#closed li").first()).isHidden();
    page.locator("summary").press("Enter");
    assertThat(page.locator("#closed li").first()).isVisible();
    assertThat(page.locator("#closed a")).hasCount(0);
    assertThat(page.locator("#closed .badge").first())
        .hasText(Pattern.compile("From (Alpha|Founder)"));
  }

  private static com.microsoft.playwright.Locator.FilterOptions named(String text) {
    return new com.microsoft.playwright.Locator.FilterOptions().setHasText(text);
  }

  @ParameterizedTest
  @CsvSource({"en, Your apps, Search, Sign out", "de, Deine Apps, Suche, Abmelden"})
  void speaksTheVisitorsLanguage(String language, String title, String search, String signOut) {
    Page page = entered(chromium.page(language), BETA);

    assertThat(page.locator("html")).hasAttribute("lang", language);
    assertThat(page.locator("#open-title")).hasText(title);
    assertThat(page.locator("label")).hasText(search);
    assertThat(page.locator("#account button")).hasText(signOut);
  }

  @Test
  void findsWhileOneTypes() {
    describe("<b>To & do</b>", "");
    Page page = entered(chromium.page("en"), BETA);
    int all = page.locator("#open li").count();

    page.fill("#search", "to & do");
    assertThat(page.locator("#open li:visible")).hasCount(1);
    page.fill("#search", "no such app");
    assertThat(page.locator("#none")).isVisible();
    page.fill("#search", "");
    assertThat(page.locator("#open li:visible")).hasCount(all);
  }

  @Test
  void worksWithoutScripts() {
    describe("<b>To & do</b>", "");
    Page page = entered(chromium.page(options -> options.setJavaScriptEnabled(false)), BETA);

    page.fill("#search", "\"to & DO");
    page.locator("form[role=search] button").click();
    assertThat(page.locator("#none")).isVisible();
    assertThat(page.locator("#search")).hasValue("\"to & DO");
    page.fill("#search", "to & DO");
    page.locator("#search").press("Enter");
    assertThat(page.locator("#open li")).hasCount(1);
    page.locator("#account button").click();
    assertThat(page.locator("h1")).isVisible();
    assertThat(page.locator("#open")).hasCount(0);
  }

  @Test
  void signsOutForGood() {
    Page page = entered(chromium.page("en"), BETA);

    page.locator("#account button").click();

    assertThat(page).hasURL(realm.url("/access-tier/portal?signed-out=true"));
    assertThat(page.locator("p").first()).hasText("You are signed out.");
    page.locator("a.button").click();
    assertThat(page.locator("#username")).isVisible();
  }

  /** The form of another page has no such token. */
  @Test
  void isNotSignedOutByAnotherPage() {
    Page page = entered(chromium.page("en"), BETA);

    page.evaluate("document.querySelector('#account input').value = 'guessed'");
    page.locator("#account button").click();
    page.navigate(realm.url("/access-tier/portal"));

    assertThat(page.locator("#open")).isVisible();
  }

  @Test
  void endsWithTheSession() {
    Page page = entered(chromium.page("en"), GUEST);
    String id = realm.realm().users().searchByEmail(GUEST.email(), true).get(0).getId();
    realm.realm().users().get(id).logout();

    page.navigate(realm.url("/access-tier/portal"));

    assertThat(page.locator("#username")).isVisible();
  }

  @Test
  void keepsAnIdOutOfReachOfScripts() {
    Page page = entered(chromium.page("en"), BETA);

    List<Cookie> cookies =
        page.context().cookies().stream()
            .filter(cookie -> cookie.name.startsWith("ACCESS_TIER_PORTAL"))
            .toList();

    assertThat(cookies)
        .singleElement()
        .satisfies(
            cookie -> {
              assertThat(cookie.httpOnly).isTrue();
              assertThat(String.valueOf(cookie.sameSite)).isEqualToIgnoringCase("LAX");
              assertThat(cookie.path).endsWith("/access-tier/portal");
            });
    page.context()
        .addCookies(
            List.of(
                new Cookie("ACCESS_TIER_PORTAL", cookies.get(0).value + "x")
                    .setDomain("127.0.0.1")
                    .setPath(cookies.get(0).path)));
    page.context()
        .clearCookies(
            new com.microsoft.playwright.BrowserContext.ClearCookiesOptions()
                .setName(Pattern.compile("KEYCLOAK_.*|AUTH_SESSION_ID")));
    page.navigate(realm.url("/access-tier/portal"));
    assertThat(page.locator("#username")).isVisible();
  }

  @Test
  void takesNoCodeThatThisBrowserDidNotAskFor() {
    Page page = entered(chromium.page("en"), BETA);

    Response answer =
        page.navigate(realm.url("/access-tier/portal/callback?state=other&code=other"));

    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void allowsNothingButItself() {
    Page page = chromium.page("en");
    entered(page, BETA);

    Map<String, String> headers = page.reload().headers();

    assertThat(headers.get("content-security-policy"))
        .contains("default-src 'none'")
        .doesNotContain("unsafe");
    assertThat(headers).containsEntry("cache-control", "no-store");
  }

  @Test
  void asksTheTableOnce() {
    Page page = entered(chromium.page("en"), BETA);

    assertThat(new AuthStatements().during(page::reload)).hasSizeLessThanOrEqualTo(1);
  }

  /** What a page brings is named by its content, so it is fetched once. */
  @ParameterizedTest
  @ValueSource(strings = {"link[rel=stylesheet]", "script[src]"})
  void fetchesStyleAndScriptOnce(String element) {
    Page page = entered(chromium.page("en"), BETA);
    String address = (String) page.locator(element).evaluate("(tag) => tag.href || tag.src", null);

    APIResponse named = page.request().get(address);
    APIResponse another = page.request().get(address.replaceAll("v=.*", "v=other"));

    assertThat(named.headers().get("cache-control")).contains("immutable");
    assertThat(another.headers()).containsEntry("cache-control", "no-cache");
    assertThat(another.text()).isEqualTo(named.text());
    page.reload();
    assertThat(
            page.evaluate(
                "(url) => performance.getEntriesByName(url).map((entry) => entry.transferSize)",
                address))
        .isEqualTo(List.of(0));
  }

  @Test
  void offersAModuleForApps() {
    Page page = entered(chromium.page("en"), BETA);

    Object decided =
        page.evaluate(
            """
            async (url) => {
              const { hasAppAccess, defineGate } = await import(url);
              defineGate();
              document.body.innerHTML =
                `<access-tier-gate tier="beta" required="alpha"><p id="in">in</p>
                 <p id="out" slot="denied">out</p></access-tier-gate>`;
              const gate = document.querySelector("access-tier-gate");
              const seen = () =>
                ["in", "out"].filter((id) => document.getElementById(id).checkVisibility()).join();
              const before = seen();
              gate.setAttribute("tier", "founder");
              return [hasAppAccess("beta", "alpha"), before, seen()];
            }
            """,
            realm.url("/access-tier/access-tier.js"));

    assertThat(String.valueOf(decided)).isEqualTo("[false, out, in]");
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void axeFindsNothing(ColorScheme colors) {
    describe("Todo", "");
    Page page = entered(chromium.page(options -> options.setColorScheme(colors)), BETA);
    page.locator("summary").click();

    Chromium.picture(page, "portal-" + colors);

    List<Rule> violations = new AxeBuilder(page).analyze().getViolations();

    assertThat(violations)
        .extracting(rule -> rule.getId() + ": " + rule.getHelp() + " " + rule.getNodes())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {320, 390, 1920})
  void fitsAnyScreen(int width) {
    Page page =
        entered(
            chromium.page(options -> options.setLocale("de").setViewportSize(width, 700)), BETA);
    page.locator("summary").click();

    Chromium.picture(page, "portal-" + width);

    assertThat((int) page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
  }

  private Page entered(Page page, Fixture.User user) {
    page.navigate(realm.url("/access-tier/portal"));
    Chromium.signIn(page, user.email(), user.knownPassword());
    assertThat(page.locator("#open-title")).isVisible();
    return page;
  }
}
