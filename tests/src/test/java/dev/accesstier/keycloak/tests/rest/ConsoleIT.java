// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/** Admins at work: in Keycloak's own console, and on the page for tiers. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
final class ConsoleIT {

  @RegisterExtension final Chromium chromium = new Chromium();

  private final TierRealm realm = new TierRealm(Map.of("editMode", "WRITABLE"));
  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  void makeRealm() {
    RealmRepresentation representation = realm.keycloak().toRepresentation();
    representation.setInternationalizationEnabled(true);
    representation.setSupportedLocales(Set.of("en", "de"));
    representation.setDefaultLocale("en");
    realm.keycloak().update(representation);
    realm.addTierConsole();
    realm.many("m", 120);
    realm.local("boss@example.test", "realm-admin");
    realm.local("viewer@example.test", "view-users", "view-clients");
    realm.local("plain@example.test");
    ClientRepresentation gated = TestRealm.client("gated");
    gated.setName("<img src=x onerror=alert(1)>");
    gated.setAttributes(Map.of("access.tier.required", "alpha"));
    realm.realm.add(gated);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private Page open(String user, String language) {
    return open(user, chromium.page(language));
  }

  private Page open(String user, Page page) {
    complaints.clear();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.navigate(realm.publicUrl() + "console");
    Chromium.signIn(page, user, Browser.PASSWORD);
    return page;
  }

  @Test
  void anAdminPromotesAUserInKeycloaksConsole() {
    String id = realm.local("console-target@example.test");
    Page page = chromium.page("en");
    page.navigate(
        TestServer.shared().keycloak().baseUrl()
            + "/admin/"
            + realm.realm.name()
            + "/console/#/"
            + realm.realm.name()
            + "/users/"
            + id
            + "/settings");
    Chromium.signIn(page, "boss@example.test", Browser.PASSWORD);
    page.locator("#access_tier").click();
    page.getByRole(AriaRole.OPTION, new Page.GetByRoleOptions().setName("founder")).click();
    page.getByTestId("user-creation-save").click();
    assertThat(page.getByText("The user has been saved")).isVisible();

    assertThat(
            Oidc.claims(
                Oidc.tokens(
                        realm
                            .realm
                            .oidc()
                            .password(
                                TestRealm.APP, "console-target@example.test", Browser.PASSWORD))
                    .getAccessToken()))
        .containsEntry("access_tier", "founder");
    JsonNode trail = realm.asMaster().get("users/" + id + "/tier/history").json(200);
    assertThat(trail).hasSize(1);
    assertThat(trail.get(0).get("by").asText()).isEqualTo("boss@example.test");
    assertThat(trail.get(0).get("byClient").asText()).isEqualTo("security-admin-console");
  }

  @Test
  void anAdminPromotesAUserOnThePageAndReadsTheTrail() {
    Page page = open("boss@example.test", "en");
    page.getByLabel("Search by email or name").fill("m17@");
    Locator row = page.getByRole(AriaRole.ROW).filter(has(page, "m17@example.test"));
    assertThat(page.getByText("1–1 of 1")).isVisible();
    row.getByRole(AriaRole.COMBOBOX).selectOption("alpha");
    assertThat(page.getByText("Save")).isVisible();
    row.getByLabel("Reason (optional)").fill("<b>tester</b>");
    row.getByText("Save").click();
    assertThat(message(page)).containsText("m17@example.test now has tier Alpha.");
    assertThat(realm.one("select access_tier from auth.users where email = 'm17@example.test'"))
        .isEqualTo("alpha");

    row.getByText("History").click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog).containsText("Beta → Alpha");
    assertThat(dialog).containsText("boss@example.test (access-tier-console)");
    assertThat(dialog).containsText("<b>tester</b>");
    page.keyboard().press("Escape");
    assertThat(dialog).isHidden();

    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Changes")).click();
    assertThat(page.getByRole(AriaRole.TABLE)).containsText("m17@example.test");
    assertThat(complaints).isEmpty();
  }

  /** Arrow keys choose in a closed list; nothing may be sent by that alone. */
  @Test
  void thePageCanBeUsedByKeyboardAlone() {
    Page page = open("boss@example.test", "en");
    page.getByLabel("Search by email or name").fill("m23@");
    assertThat(page.getByText("1–1 of 1")).isVisible();
    Locator select = page.getByLabel("Tier of m23@example.test");
    select.focus();
    page.keyboard().press("ArrowDown");
    assertThat(page.getByText("Cancel")).isVisible();
    assertThat(tierOf("m23")).isEqualTo("alpha");
    page.keyboard().press("Tab");
    page.keyboard().type("by keyboard");
    page.keyboard().press("Enter");
    assertThat(message(page)).containsText("now has tier Founder");
    assertThat(tierOf("m23")).isEqualTo("founder");
  }

  @Test
  void anAddressThatNamesNoViewShowsTheFirst() {
    Page page = open("boss@example.test", "en");
    for (String name : List.of("constructor", "toString", "nothing")) {
      page.navigate(page.url().replaceFirst("#.*", "") + "#" + name);
      assertThat(page.locator("[aria-current]")).hasText("Users");
      assertThat(page.getByRole(AriaRole.TABLE)).isVisible();
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void anAnswerThatComesTooLateIsNotShown() {
    Page page = open("boss@example.test", "en");
    assertThat(page.getByRole(AriaRole.TABLE)).isVisible();
    List<Route> held = new ArrayList<>();
    page.route("**/access-tier/clients?*", held::add);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Apps")).click();
    page.waitForCondition(() -> !held.isEmpty());
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Users")).click();
    assertThat(page.getByLabel("Search by email or name")).isVisible();
    assertThat(page.getByRole(AriaRole.TABLE)).isVisible();
    page.waitForResponse("**/access-tier/clients?*", () -> held.get(0).resume()).finished();
    page.evaluate("new Promise((done) => setTimeout(done))");
    assertThat(page.locator("[aria-current]")).hasText("Users");
    assertThat(page.getByLabel("Search by email or name")).isVisible();
    assertThat(page.getByLabel("Search by name or client ID")).hasCount(0);
  }

  @Test
  void aTokenThatCannotBeRenewedNowKeepsThePageAndWhatIsTyped() {
    Page page = open("boss@example.test", "en");
    page.getByLabel("Search by email or name").fill("m37@");
    assertThat(page.getByText("1–1 of 1")).isVisible();
    Locator row = page.getByRole(AriaRole.ROW).filter(has(page, "m37@example.test"));
    row.getByRole(AriaRole.COMBOBOX).selectOption("founder");
    row.getByLabel("Reason (optional)").fill("typed");
    page.evaluate("const now = Date.now; Date.now = () => now() + 3600_000");
    page.route("**/token", Route::abort);
    row.getByText("Save").click();
    assertThat(message(page)).hasText("The server cannot be reached.");
    assertThat(row.getByLabel("Reason (optional)")).hasValue("typed");

    page.unroute("**/token");
    row.getByText("Save").click();
    assertThat(message(page)).containsText("now has tier Founder");
    assertThat(tierOf("m37")).isEqualTo("founder");
  }

  @Test
  void aBrowserWithoutCryptographySaysWhatIsMissing() {
    Page page = chromium.page("en");
    page.addInitScript("Object.defineProperty(crypto, 'subtle', { value: undefined })");
    page.navigate(realm.publicUrl() + "console");
    assertThat(message(page)).containsText("needs https");
  }

  /** The header is about the whole host, so it is the realm's to decide. */
  @Test
  void theRealmSaysWhetherTheHostIsPinnedToHttps() {
    Api page = new Api(realm.publicUrl(), null);
    assertThat(page.get("console").header("strict-transport-security"))
        .isEqualTo("max-age=31536000; includeSubDomains");
    pin("");
    try {
      assertThat(page.get("console").headers()).doesNotContainKey("strict-transport-security");
      pin("max-age=60");
      assertThat(page.get("console").header("strict-transport-security")).isEqualTo("max-age=60");
    } finally {
      pin("max-age=31536000; includeSubDomains");
    }
  }

  private void pin(String value) {
    RealmRepresentation representation = realm.keycloak().toRepresentation();
    representation.getBrowserSecurityHeaders().put("strictTransportSecurity", value);
    realm.keycloak().update(representation);
  }

  @Test
  void pagesFollowEachOther() {
    Page page = open("boss@example.test", "en");
    Locator tier =
        page.getByRole(
            AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName("Tier").setExact(true));
    tier.selectOption("beta");
    assertThat(page.getByText(Pattern.compile("1–2\\d of 2\\d"))).isVisible();
    tier.selectOption("");
    assertThat(page.getByText(Pattern.compile("1–50 of 12\\d"))).isVisible();
    page.getByText("Next").click();
    assertThat(page.getByText(Pattern.compile("51–100 of 12\\d"))).isVisible();
    page.getByText("Next").click();
    assertThat(page.getByText(Pattern.compile("101–12\\d of 12\\d"))).isVisible();
    assertThat(page.getByText("Next")).isDisabled();
    page.getByText("Back").click();
    assertThat(page.getByText(Pattern.compile("51–100 of 12\\d"))).isVisible();

    page.getByLabel("Page", new Page.GetByLabelOptions().setExact(true)).fill("99");
    page.keyboard().press("Enter");
    assertThat(page.getByText(Pattern.compile("101–12\\d of 12\\d"))).isVisible();
    assertThat(page.getByRole(AriaRole.REGION, region("Users"))).isFocused();
    page.getByLabel("Users per page").selectOption("200");
    assertThat(page.getByText(Pattern.compile("1–12\\d of 12\\d"))).isVisible();
  }

  private static Page.GetByRoleOptions region(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  @Test
  void anAdminRemovesASecondFactor() {
    realm.withSecondFactor("lost@example.test");
    Page page = open("boss@example.test", "en");
    page.getByLabel("Search by email or name").fill("m2@");
    assertThat(page.getByText("1–1 of 1")).isVisible();
    assertThat(page.getByText("Remove", exact())).hasCount(0);

    page.getByLabel("Search by email or name").fill("lost@");
    Locator row = page.getByRole(AriaRole.ROW).filter(has(page, "lost@example.test"));
    row.getByText("Remove").click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog).containsText("their password alone is enough");
    assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
    dialog.getByText("Cancel").click();
    assertThat(dialog).isHidden();
    assertThat(secondFactorOf("lost")).isEqualTo("t");

    row.getByText("Remove").click();
    dialog.getByLabel("Reason (optional)").fill("lost the phone");
    dialog.getByText("Remove", new Locator.GetByTextOptions().setExact(true)).click();
    assertThat(message(page)).hasText("lost@example.test has no second factor any more.");
    assertThat(row.getByText("Removed")).isFocused();
    assertThat(secondFactorOf("lost")).isEqualTo("f");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Changes")).click();
    assertThat(page.getByRole(AriaRole.ROW).filter(has(page, "User lost@example.test")))
        .containsText("lost the phone");
    assertThat(complaints).isEmpty();
  }

  @Test
  void anAdminImportsTheAppsOfTheOldService() {
    realm.execute(
        "insert into auth.oauth_applications (id, name, client_id, client_secret, redirect_urls)"
            + " values ('c1', 'Wiki', 'wiki', 'wiki-secret', 'https://wiki.test/cb'),"
            + " ('c2', 'Bad', 'bad-app', 'bad-secret', 'https://*.test/cb')");
    Page page = open("boss@example.test", "en");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Old service")).click();
    Locator wiki = page.getByRole(AriaRole.ROW).filter(has(page, "wiki"));
    assertThat(wiki.locator("[data-label='Import']")).hasText("New");
    Locator bad = page.getByRole(AriaRole.ROW).filter(has(page, "bad-app"));
    assertThat(bad).containsText("wildcard");
    assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
    assertThat(realm.keycloak().clients().findByClientId("wiki")).isEmpty();

    page.getByLabel("Do not ask users of wiki for consent").check();
    page.getByLabel("Required tier of new apps").selectOption("beta");
    page.getByText("Import", new Page.GetByTextOptions().setExact(true)).last().click();

    assertThat(message(page)).hasText("New apps: 1. Changed: 0. Refused: 1.");
    assertThat(wiki.locator("[data-label='Import']")).hasText("Imported");
    ClientRepresentation client = realm.keycloak().clients().findByClientId("wiki").get(0);
    assertThat(client.isConsentRequired()).isFalse();
    assertThat(client.getAttributes()).containsEntry("access.tier.required", "beta");
    assertThat(complaints).isEmpty();
  }

  /** Values, and nothing that would be refused when one tries. */
  @Test
  void whoMayOnlyViewSeesNoControls() {
    Page page = open("viewer@example.test", "en");
    page.getByLabel("Search by email or name").fill("m31@");
    Locator row = page.getByRole(AriaRole.ROW).filter(has(page, "m31@example.test"));
    assertThat(page.getByText("1–1 of 1")).isVisible();
    assertThat(row).containsText("Standard");
    assertThat(row.getByRole(AriaRole.COMBOBOX)).hasCount(0);
    assertThat(row.getByRole(AriaRole.CHECKBOX)).hasCount(0);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Apps")).click();
    Locator gated = page.getByRole(AriaRole.ROW).filter(has(page, "gated"));
    assertThat(gated).containsText("Alpha");
    assertThat(gated.getByRole(AriaRole.COMBOBOX)).hasCount(0);
    gated.getByText("Texts").click();
    assertThat(page.getByRole(AriaRole.DIALOG).getByText("Save")).hasCount(0);
    assertThat(complaints).isEmpty();
  }

  @Test
  void whoIsNoAdminIsToldWhomToAsk() {
    Page page = open("plain@example.test", "de");
    assertThat(message(page)).containsText("Bitte einen Admin dieses Realms um die Rolle admin");
    assertThat(page.getByRole(AriaRole.TABLE)).hasCount(0);
  }

  @Test
  void thePageSpeaksGermanFitsAPhoneAndHasNoBarriers() {
    Page page =
        open(
            "boss@example.test",
            chromium.page(options -> options.setLocale("de").setViewportSize(390, 800)));
    assertThat(page.getByRole(AriaRole.REGION, region("Benutzer nach Stufe"))).isVisible();
    assertThat(page.locator("html")).hasAttribute("lang", "de");
    for (String view : List.of("Benutzer", "Apps", "Änderungen", "Alter Dienst", "Status")) {
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(view).setExact(true))
          .click();
      assertThat(page.locator("[aria-current]")).hasText(view);
      assertThat(page.locator("main table, main section p").first()).isVisible();
      assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= 390"))
          .as("fits: " + view)
          .isTrue();
      assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void theTokensAreNowhereButInMemory() {
    Page page = open("boss@example.test", "en");
    assertThat(page.getByRole(AriaRole.TABLE)).isVisible();
    assertThat(page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"))
        .isEqualTo("{}{}");
    assertThat(page.url()).doesNotContain("code=").doesNotContain("state=");
  }

  @Test
  void thePageComesWithAStrictPolicyAndNoInlineScript() {
    Api.Answer answer = new Api(realm.publicUrl(), null).get("console");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-security-policy"))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';")
        .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
        .doesNotContain("unsafe");
    assertThat(answer.text())
        .doesNotContainPattern("<script(?![^>]*src=)")
        .doesNotContain("style=")
        .doesNotContain("{{");
    Api.Answer script = new Api(realm.publicUrl(), null).get("console/app.js");
    assertThat(script.header("content-type")).startsWith("text/javascript");
    assertThat(
            new Api(realm.publicUrl(), null)
                .send(
                    "GET",
                    "console/app.js",
                    null,
                    "",
                    Map.of("If-None-Match", script.header("etag")))
                .status())
        .isEqualTo(304);
    for (String path :
        List.of("console/nothing.js", "console/..%2Fopenapi.json", "console/App.js")) {
      assertThat(new Api(realm.publicUrl(), null).get(path).status()).isBetween(400, 404);
    }
  }

  private String secondFactorOf(String name) {
    return realm.one(
        "select two_factor_enabled from auth.users where email = '" + name + "@example.test'");
  }

  private String tierOf(String name) {
    return realm.one(
        "select access_tier from auth.users where email = '" + name + "@example.test'");
  }

  private static Locator message(Page page) {
    return page.locator("#message .pf-v5-c-alert__title");
  }

  private static Page.GetByTextOptions exact() {
    return new Page.GetByTextOptions().setExact(true);
  }

  private static Locator.FilterOptions has(Page page, String text) {
    return new Locator.FilterOptions()
        .setHas(page.getByText(text, new Page.GetByTextOptions().setExact(true)));
  }
}
