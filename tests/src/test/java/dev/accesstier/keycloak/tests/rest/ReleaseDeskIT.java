// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/** The page for tiers as a release desk: apps are released, many users changed, errors undone. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
final class ReleaseDeskIT {

  private static final String LONG =
      "somebody-with-a-very-long-address-that-hardly-anybody-has-in-real-life@a-long-company.test";

  @RegisterExtension final Chromium chromium = new Chromium();

  private final TierRealm realm = new TierRealm(Map.of("editMode", "WRITABLE"));
  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  void makeRealm() {
    RealmRepresentation representation = realm.keycloak().toRepresentation();
    representation.setInternationalizationEnabled(true);
    representation.setSupportedLocales(Set.of("en", "de"));
    representation.setDefaultLocale("en");
    representation.setEventsEnabled(true);
    representation.setDisplayName("Mana");
    realm.keycloak().update(representation);
    realm.addTierConsole();
    realm.many("d", 60);
    realm.local("boss@example.test", "realm-admin");
    for (String app : List.of("chat", "mail", "notes", "words")) {
      ClientRepresentation client = TestRealm.client(app);
      client.setName("The " + app);
      client.setAttributes(Map.of("access.tier.required", "alpha"));
      realm.realm.add(client);
    }
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private Page open(String address) {
    return open(address, chromium.page("en"));
  }

  private Page open(String address, Page page) {
    complaints.clear();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.navigate(realm.publicUrl() + "console" + address);
    Chromium.signIn(page, "boss@example.test", Browser.PASSWORD);
    return page;
  }

  private static Locator row(Page page, String text) {
    return page.getByRole(AriaRole.ROW)
        .filter(
            new Locator.FilterOptions()
                .setHas(page.getByText(text, new Page.GetByTextOptions().setExact(true))));
  }

  private static Locator message(Page page) {
    return page.locator("#message .pf-v5-c-alert__title");
  }

  private static Locator dialog(Page page) {
    return page.getByRole(AriaRole.DIALOG);
  }

  private Api api() {
    return realm.asMaster();
  }

  private String required(String app) {
    return api().get("clients/" + app + "/required-tier").json(200).get("requiredTier").asText();
  }

  private String tierOf(String email) {
    return realm.one("select access_tier from auth.users where email = '" + email + "'");
  }

  private long people(String... tiers) {
    JsonNode users = api().get("summary").json(200).get("users");
    return List.of(tiers).stream().mapToLong(tier -> users.get(tier).asLong()).sum();
  }

  @Test
  void anAppIsReleasedAndTheReleaseUndone() {
    long before = people("alpha", "founder");
    long after = people("beta", "alpha", "founder");
    Page page = open("#apps");
    Locator chat = row(page, "chat");
    chat.getByRole(AriaRole.COMBOBOX).selectOption("beta");
    assertThat(chat)
        .containsText(
            "Alpha → Beta: %d → %d people. %d more:".formatted(before, after, after - before));
    assertThat(chat.getByText("Beta (" + people("beta") + ")")).isVisible();
    chat.getByLabel("Reason (optional)").fill("second phase");
    Chromium.picture(page, "release-desk");
    chat.getByText("Save").click();
    assertThat(message(page)).hasText("The chat now requires Beta.");
    assertThat(chat.locator("[data-label='Users who may enter']")).hasText("" + after);
    assertThat(chat.getByRole(AriaRole.COMBOBOX)).isFocused();
    assertThat(required("chat")).isEqualTo("beta");

    page.getByText("Undo").click();
    assertThat(message(page)).hasText("The chat now requires Alpha.");
    assertThat(chat.locator("[data-label='Users who may enter']")).hasText("" + before);
    assertThat(required("chat")).isEqualTo("alpha");
    assertThat(complaints).isEmpty();
  }

  @Test
  void anAppThatIsOpenedStaysInTheList() {
    Page page = open("#apps");
    row(page, "mail").getByRole(AriaRole.COMBOBOX).selectOption("none");
    row(page, "mail").getByText("Save").click();
    assertThat(message(page)).hasText("The mail is now open to everyone.");
    page.reload();
    assertThat(row(page, "mail").locator("[data-label='Users who may enter']")).hasText("everyone");
    page.getByLabel("Only apps that require a tier").check();
    assertThat(row(page, "mail")).hasCount(0);
    assertThat(row(page, "notes")).isVisible();
    page.getByLabel("Search by name or client ID").fill("NOT");
    assertThat(page.locator("tbody tr")).hasCount(1);
    assertThat(page).hasURL(Pattern.compile("#apps\\?search=NOT&gated=true$"));
    assertThat(complaints).isEmpty();
  }

  @Test
  void theTextsOfAnAppAreChanged() {
    Page page = open("#apps");
    row(page, "words").getByText("Texts").click();
    Locator notes =
        dialog(page)
            .getByRole(AriaRole.GROUP)
            .filter(new Locator.FilterOptions().setHasText("Note for those who are refused"));
    notes.getByLabel("de").fill("Komm im Mai wieder");
    dialog(page).getByLabel("Announce as coming soon").check();
    assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
    dialog(page).getByText("Save").click();
    assertThat(message(page)).hasText("The texts of The words are saved.");
    assertThat(row(page, "words")).containsText("Coming soon");
    assertThat(realm.keycloak().clients().findByClientId("words").get(0).getAttributes())
        .containsEntry("access.tier.note.de", "Komm im Mai wieder")
        .containsEntry("access.tier.coming-soon", "true");
    assertThat(complaints).isEmpty();
  }

  @Test
  void ofTwoAdminsTheLaterOneIsTold() {
    realm.federated("both@example.test", "beta");
    Page page = open("#users?search=both@");
    Locator row = row(page, "both@example.test");
    row.getByRole(AriaRole.COMBOBOX).selectOption("founder");
    row.getByLabel("Reason (optional)").fill("mine");
    String id = api().get("users?search=both@").json(200).get("users").get(0).get("id").asText();
    api().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}").json(200);

    row.getByText("Save").click();
    assertThat(message(page)).containsText("somebody else has set both@example.test to Alpha");
    assertThat(tierOf("both@example.test")).isEqualTo("alpha");
    assertThat(row.getByLabel("Reason (optional)")).hasValue("mine");
    row.getByText("Save").click();
    assertThat(message(page)).containsText("both@example.test now has tier Founder.");
    assertThat(tierOf("both@example.test")).isEqualTo("founder");
  }

  /** What was chosen is kept with what it was chosen over, also past another view. */
  @Test
  void aChoiceThatWaitedOverwritesNobodysChange() {
    String id = realm.federated("waited@example.test", "beta");
    Page page = open("#users?search=waited@");
    Locator row = row(page, "waited@example.test");
    row.getByRole(AriaRole.COMBOBOX).selectOption("founder");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Apps")).click();
    assertThat(page.locator("[aria-current]")).hasText("Apps");
    api().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}").json(200);
    page.goBack();
    assertThat(row.getByRole(AriaRole.COMBOBOX)).hasValue("founder");
    row.getByText("Save").click();
    assertThat(message(page)).containsText("somebody else has set waited@example.test to Alpha");
    assertThat(tierOf("waited@example.test")).isEqualTo("alpha");
    row.getByText("Save").click();
    assertThat(message(page)).containsText("now has tier Founder");
  }

  /** What is shown before is what happens, whatever the form says meanwhile. */
  @Test
  void aBulkChangeIsTheOneThatWasShown() {
    realm.federated("snap-one@example.test", "guest");
    Page page = open("#users?search=snap-*");
    page.getByLabel("Select snap-one@example.test").check();
    page.getByLabel("New tier").selectOption("beta");
    page.getByText("Preview …").click();
    assertThat(dialog(page)).containsText("Would change: 1.");
    page.evaluate("document.querySelector('.bulk select').value = 'founder'");
    dialog(page).getByText("Change 1 users").click();
    assertThat(dialog(page)).containsText("Changed: 1.");
    assertThat(tierOf("snap-one@example.test")).isEqualTo("beta");
  }

  @Test
  void aSessionThatWasEndedElsewhereLosesNothing() {
    realm.federated("ended@example.test", "beta");
    Page page = open("#users?search=ended@&tier=beta");
    Locator row = row(page, "ended@example.test");
    row.getByRole(AriaRole.COMBOBOX).selectOption("alpha");
    row.getByLabel("Reason (optional)").fill("typed before");
    realm
        .keycloak()
        .users()
        .searchByUsername("boss@example.test", true)
        .forEach(boss -> realm.user(boss.getId()).logout());

    row.getByText("Save").click();
    Chromium.signIn(page, "boss@example.test", Browser.PASSWORD);
    assertThat(page).hasURL(Pattern.compile("#users\\?.*search=ended%40"));
    assertThat(row.getByRole(AriaRole.COMBOBOX)).hasValue("alpha");
    assertThat(row.getByLabel("Reason (optional)")).hasValue("typed before");
    row.getByText("Save").click();
    assertThat(message(page)).containsText("now has tier Alpha");
    assertThat(page.evaluate("JSON.stringify(sessionStorage)")).isEqualTo("{}");
  }

  @Test
  void whatIsShownIsInTheAddress() {
    Page page = open("#users?tier=beta&sort=-created&size=25");
    assertThat(page.getByText(Pattern.compile("1–1\\d of 1\\d"))).isVisible();
    assertThat(
            page.getByRole(AriaRole.COLUMNHEADER)
                .filter(new Locator.FilterOptions().setHasText("Created")))
        .hasAttribute("aria-sort", "descending");
    page.getByLabel("Search by email or name").fill("d2@");
    assertThat(page)
        .hasURL(Pattern.compile("#users\\?tier=beta&search=d2%40&sort=-created&size=25$"));
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Apps")).click();
    assertThat(page.locator("[aria-current]")).hasText("Apps");
    page.goBack();
    assertThat(page.getByLabel("Search by email or name")).hasValue("d2@");
    page.getByText("More filters").click();
    page.getByLabel("Second factor").selectOption("true");
    assertThat(page.getByText("No users found.")).isVisible();
    page.getByLabel("Second factor").selectOption("");
    page.getByLabel("Search by email or name").fill("");
    page.locator(".tiers").getByText("Founder").click();
    assertThat(page).hasURL(Pattern.compile("#users\\?tier=founder$"));
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Email")).click();
    assertThat(page.locator("tbody tr").first()).containsText("@");
    assertThat(page).hasURL(Pattern.compile("sort=-email$"));
    assertThat(complaints).isEmpty();
  }

  @Test
  void whoIsTickedIsChangedAfterALookAtWhatWouldHappen() {
    for (String name : List.of("t-one", "t-two", "t-three")) {
      realm.federated(name + "@example.test", name.equals("t-two") ? "founder" : "guest");
    }
    Page page = open("#users?search=t-*");
    assertThat(page.getByText("Preview …")).isHidden();
    page.getByLabel("Select t-one@example.test").check();
    page.getByLabel("Select t-two@example.test").check();
    assertThat(page.getByText("Selected: 2")).isVisible();
    page.getByLabel("New tier").selectOption("founder");
    page.locator(".bulk").getByLabel("Reason (optional)").fill("founders' day");
    page.getByText("Preview …").click();
    assertThat(dialog(page))
        .containsText("Would change: 1. Have it already: 1. Cannot be changed: 0.");
    assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
    assertThat(tierOf("t-one@example.test")).isEqualTo("guest");
    dialog(page).getByText("Change 1 users").click();
    assertThat(dialog(page)).containsText("Changed: 1. Had it already: 1. Not changed: 0.");
    dialog(page).getByText("Close").click();
    assertThat(row(page, "t-one@example.test").getByRole(AriaRole.COMBOBOX)).hasValue("founder");
    assertThat(tierOf("t-three@example.test")).isEqualTo("guest");
    assertThat(complaints).isEmpty();
  }

  @Test
  void allThatMatchAreChangedAndStandTogetherInTheTrail() {
    realm.many("match-", 70);
    Page page = open("#users?search=match-*&size=25");
    page.getByLabel("Select all on this page").check();
    assertThat(page.getByText("Selected: 25")).isVisible();
    page.getByText("Select all 70 that match").click();
    assertThat(page.getByText("Selected: 70")).isVisible();
    page.getByLabel("New tier").selectOption("founder");
    page.getByText("Preview …").click();
    assertThat(dialog(page)).containsText("Would change: 56. Have it already: 14.");
    dialog(page).getByText("Change 56 users").click();
    assertThat(dialog(page)).containsText("Changed: 56.");
    dialog(page).getByText("Close").click();
    assertThat(
            realm.one(
                "select count(*) from auth.users where email like 'match-%'"
                    + " and access_tier = 'founder'"))
        .isEqualTo("70");

    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Changes")).click();
    page.getByLabel("Made through").selectOption("bulk");
    Locator group =
        page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("56 users"));
    assertThat(group).containsText("→ Founder");
    group.getByText("56 users").click();
    assertThat(group).containsText("match-1@example.test: Standard → Founder");
    assertThat(complaints).isEmpty();
  }

  @Test
  void aFileIsExportedCheckedAndImported() throws IOException {
    realm.federated("file-one@example.test", "guest");
    Page page = open("#users?search=file-one@");
    Download download = page.waitForDownload(() -> page.getByText("Export CSV").click());
    String line;
    try (InputStream file = download.createReadStream()) {
      line =
          new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(one -> one.contains("file-one@"))
              .findFirst()
              .orElseThrow();
    }
    String changed =
        "id,email,access_tier\r\n" + line.replace("guest", "alpha") + "\r\nnobody,,beta\r\n";
    page.locator("input[type=file]")
        .setInputFiles(
            new FilePayload("tiers.csv", "text/csv", changed.getBytes(StandardCharsets.UTF_8)));
    assertThat(dialog(page)).containsText("Would change: 1.");
    assertThat(dialog(page)).containsText("Line 3");
    assertThat(dialog(page)).containsText("There is no such user any more.");
    assertThat(tierOf("file-one@example.test")).isEqualTo("guest");
    dialog(page).getByText("Change 1 users").click();
    assertThat(dialog(page)).containsText("Changed: 1.");
    assertThat(tierOf("file-one@example.test")).isEqualTo("alpha");
    assertThat(complaints).isEmpty();
  }

  @Test
  void theTrailIsNarrowed() {
    String id = realm.federated("narrow@example.test", "beta");
    api().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}").json(200);
    api().put("clients/notes/required-tier", "{\"requiredTier\":\"founder\"}").json(200);
    api().put("clients/notes/required-tier", "{\"requiredTier\":\"alpha\"}").json(200);
    Page page = open("#trail?user=narrow%40example.test");
    assertThat(page.locator("tbody tr")).hasCount(1);
    assertThat(page.locator("tbody")).containsText("Beta → Alpha");
    page.getByLabel("User (email)").fill("");
    page.keyboard().press("Tab");
    page.getByLabel("App (client ID)").fill("notes");
    page.keyboard().press("Enter");
    assertThat(page.locator("tbody tr")).hasCount(2);
    page.getByLabel("From", new Page.GetByLabelOptions().setExact(true)).fill("2999-01-01");
    assertThat(page.getByText("No changes found.")).isVisible();
    Download download = page.waitForDownload(() -> page.getByText("Export CSV").click());
    assertThat(download.suggestedFilename()).isEqualTo("history.csv");
    assertThat(complaints).isEmpty();
  }

  @Test
  void theStateOfTheRealmIsShownWithWhatToDo() {
    Page page = open("#status");
    assertThat(row(page, "Admin events")).containsText("In place");
    assertThat(row(page, "Gate at userinfo")).containsText("Needs attention");
    assertThat(row(page, "Gate at userinfo")).containsText("client policy");
    assertThat(page.getByText("Connections in use")).isVisible();
    assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
    assertThat(complaints).isEmpty();
  }

  @Test
  void theServersOwnAdminsUseThePageOfRealmMaster() {
    RealmResource master = TestServer.shared().admin().realm("master");
    ClientRepresentation console =
        realm.keycloak().clients().findByClientId("access-tier-console").get(0);
    console.setId(null);
    console.setBaseUrl("/realms/master/access-tier/console");
    console.setRedirectUris(List.of("/realms/master/access-tier/console"));
    String id;
    try (Response created = master.clients().create(console)) {
      id = CreatedResponseUtil.getCreatedId(created);
    }
    try {
      String management =
          master.clients().findByClientId(realm.realm.name() + "-realm").get(0).getId();
      master
          .clients()
          .get(id)
          .getScopeMappings()
          .clientLevel(management)
          .add(master.clients().get(management).roles().list());
      realm.federated("by-master@example.test", "beta");
      Page page = chromium.page("en");
      page.navigate(
          TestServer.shared().keycloak().baseUrl()
              + "/realms/master/access-tier/console?realm="
              + realm.realm.name()
              + "#users?search=by-master@");
      Chromium.signIn(page, KeycloakServer.ADMIN, KeycloakServer.ADMIN);
      assertThat(page.locator("#realm")).hasText(realm.realm.name());
      Locator row = row(page, "by-master@example.test");
      assertThat(row.getByText("In Keycloak"))
          .hasAttribute(
              "href",
              Pattern.compile(".*/admin/master/console/#/" + realm.realm.name() + "/users/.*"));
      row.getByRole(AriaRole.COMBOBOX).selectOption("alpha");
      row.getByText("Save").click();
      assertThat(message(page)).containsText("now has tier Alpha");
      row.getByText("History").click();
      assertThat(dialog(page)).containsText(KeycloakServer.ADMIN + " (access-tier-console)");
    } finally {
      master.clients().get(id).remove();
    }
  }

  @Test
  void theStyleIsTheServersOwn() {
    Page page = open("#users");
    String style = page.locator("link[href*=patternfly]").getAttribute("href");
    assertThat(page.request().get(TestServer.shared().keycloak().baseUrl() + style).status())
        .isEqualTo(200);
    assertThat(complaints).isEmpty();
  }

  @Test
  void anOutageLeavesNoOldRowsBehind() {
    Page page = open("#users");
    assertThat(page.getByRole(AriaRole.TABLE)).isVisible();
    page.route(
        "**/access-tier/users?*",
        route ->
            route.fulfill(
                new Route.FulfillOptions()
                    .setStatus(503)
                    .setContentType("application/json")
                    .setBody("{\"error\":\"temporarily_unavailable\"}")));
    page.getByLabel("Search by email or name").fill("d3@");
    assertThat(message(page))
        .hasText("The database of users is temporarily unavailable. Try again shortly.");
    assertThat(page.getByRole(AriaRole.ALERT)).isVisible();
    assertThat(page.getByRole(AriaRole.TABLE)).hasCount(0);
    assertThat(page.locator("[aria-busy=true]")).hasCount(0);
    page.unroute("**/access-tier/users?*");
    page.getByLabel("Search by email or name").fill("d4@");
    assertThat(page.getByText("1–1 of 1")).isVisible();
    assertThat(message(page)).hasCount(0);
  }

  /** Long texts break, and no word, date or button does. */
  @ParameterizedTest
  @CsvSource({"320,light", "390,dark", "700,light", "1280,dark", "1920,light"})
  void everyViewFitsEveryWidthInBothLanguages(int width, String scheme) {
    if (tierOf(LONG).isEmpty()) {
      String id = realm.federated(LONG, "guest");
      api()
          .put(
              "users/" + id + "/tier",
              "{\"tier\":\"beta\",\"reason\":\"" + "averylongreason".repeat(60) + "\"}")
          .json(200);
    }
    for (String language : List.of("en", "de")) {
      Page page =
          chromium.page(
              options ->
                  options
                      .setLocale(language)
                      .setColorScheme(ColorScheme.valueOf(scheme.toUpperCase(Locale.ROOT)))
                      .setViewportSize(width, 800));
      open("#users?search=somebody-*", page);
      page.locator("tbody select").first().selectOption("founder");
      for (String view :
          List.of("users?search=somebody-*", "apps", "trail", "takeover", "status")) {
        page.evaluate("view => location.hash = view", view);
        assertThat(page.locator("[aria-current][href='#" + view.replaceFirst("\\?.*", "") + "']"))
            .isVisible();
        assertThat(page.locator("main table, main section p").first()).isVisible();
        String what = view + " at " + width + " in " + language;
        assertThat(
                (Boolean)
                    page.evaluate(
                        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
            .as("fits: " + what)
            .isTrue();
        assertThat(
                page.evaluate(
                    """
                    [...document.querySelectorAll('button, .tight, .pf-v5-c-label')]
                      .filter((one) => innerWidth > 1000 && one.checkVisibility()
                        && one.getClientRects().length > 1).map((one) => one.textContent)
                    """))
            .as("breaks: " + what)
            .isEqualTo(List.of());
        assertThat(new AxeBuilder(page).analyze().getViolations()).as(what).isEmpty();
      }
    }
    assertThat(complaints).isEmpty();
  }
}
