// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.accesstier.devserver.Demo;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code mvn -Pdemo} starts, walked through as its own text tells to. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
final class DemoIT {

  private static final List<String> PORTS =
      List.of("keycloak", "management", "postgres", "pages", "smtp");

  @RegisterExtension final Chromium chromium = new Chromium();

  private Demo demo;
  private int chosen;
  private int refused;
  private String said = "";

  @BeforeAll
  void startIt() throws IOException {
    chosen = freePort();
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PORTS.forEach(name -> System.setProperty("demo." + name + ".port", "0"));
      refused = taken.getLocalPort();
      System.setProperty("demo.pages.port", "" + refused);
      System.setProperty("demo.keycloak.port", "" + chosen);
      demo =
          Demo.start(
              TestServer.jar(),
              TestServer.realmExport("mana-realm.json"),
              TestServer.folder("demo"));
    } finally {
      System.setOut(out);
      said = printed.toString(StandardCharsets.UTF_8);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @AfterAll
  void stopIt() {
    demo.close();
    PORTS.forEach(name -> System.clearProperty("demo." + name + ".port"));
  }

  @Test
  void somebodyIsRefusedAndLetInByAnAdmin() {
    Page app = chromium.page("en");
    app.navigate(demo.pages() + "/demo-notes");
    Chromium.signIn(app, "public-user@example.test", "demo-public-user");
    assertThat(app.getByText("Your access tier is public.")).isVisible();

    app.getByText("All apps").click();
    assertThat(app).hasURL(portal());
    assertThat(app.locator("#open")).containsText("Demo Notes");
    app.locator("summary").click();
    assertThat(app.locator("#closed").getByText("Demo Chat")).isVisible();

    app.navigate(demo.pages() + "/demo-chat");
    assertThat(app.getByRole(AriaRole.HEADING).filter(text("Demo Chat")).first()).isVisible();
    assertThat(app.getByText("Beta").first()).isVisible();
    assertThat(app.locator("#access-tier-overview")).hasAttribute("href", portal());

    Page admin = app.context().newPage();
    admin.navigate(demo.server() + "/realms/master/access-tier/console?realm=mana");
    Chromium.signIn(admin, KeycloakServer.ADMIN, KeycloakServer.ADMIN);
    assertThat(admin.getByText(Pattern.compile("of 5\\d\\d$"))).isVisible();
    admin.getByLabel("Search by email or name").fill("public-user");
    assertThat(admin.getByText("1–1 of 1")).isVisible();
    admin.locator("tbody select").selectOption("beta");
    admin.getByText("Save").click();
    assertThat(admin.getByText("now has tier Beta")).isVisible();
    admin.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Changes")).click();
    assertThat(admin.locator("tbody")).containsText("First testers");
    assertThat(admin.locator("tbody")).containsText("Found it too rough");
    assertThat(admin.getByText(Pattern.compile("\\d+ users"))).isVisible();
    admin.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Apps")).click();
    assertThat(
            admin
                .getByRole(AriaRole.ROW)
                .filter(text("demo-chat"))
                .locator("[data-label='Refused in 7 days']"))
        .hasText("1");

    app.getByText("Try again").click();
    assertThat(app.getByText("Your access tier is beta.")).isVisible();
    assertThat(app).hasURL(demo.pages() + "/demo-chat");

    app.getByText("All apps").click();
    assertThat(app).hasURL(portal());
    assertThat(app.locator("#open")).containsText("Demo Notes");
    assertThat(app.locator("#open")).containsText("Demo Chat");
    assertThat(app.getByText("Demo command line")).hasCount(0);

    app.navigate(demo.pages() + "/demo-chat");
    app.getByText("Sign out").click();
    app.navigate(demo.pages() + "/demo-chat");
    assertThat(app.locator("#username")).isVisible();
  }

  private static Locator.FilterOptions text(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  @Test
  void aForgottenPasswordIsResetFromTheInbox() {
    Page page = chromium.page("en");
    page.navigate(demo.pages() + "/mail");
    assertThat(mail(page, "alpha-user@example.test")).hasCount(0);
    page.navigate(demo.pages() + "/demo-notes");
    page.getByText("Forgot Password?").click();
    page.fill("#username", "alpha-user@example.test");
    page.locator("[type=submit]").click();
    assertThat(page.getByText("You should receive an email shortly")).isVisible();
    page.navigate(demo.pages() + "/mail");
    mail(page, "alpha-user@example.test").locator("a").first().click();
    page.fill("#password-new", "another-good-password-1");
    page.fill("#password-confirm", "another-good-password-1");
    page.locator("[type=submit]").click();
    assertThat(page.getByText("Your account has been updated.")).isVisible();
    page.getByText("Back to Application").click();
    Chromium.signIn(page, "alpha-user@example.test", "another-good-password-1");
    assertThat(page.getByText("Your access tier is alpha.")).isVisible();
  }

  @Test
  void anAdminFindsTheTierNearTheTopOfKeycloaksUserFormWithAnExplanation() {
    Page page = chromium.page("en");
    page.navigate(demo.server() + "/admin/master/console/#/mana/users");
    Chromium.signIn(page, KeycloakServer.ADMIN, KeycloakServer.ADMIN);
    page.getByPlaceholder("Search user").fill("beta-user@example.test");
    page.keyboard().press("Enter");
    page.getByText("beta-user@example.test").first().click();
    assertThat(page.locator("#access_tier").first()).isVisible();
    double tier = page.locator("#access_tier").first().boundingBox().y;
    assertThat(tier).isLessThan(page.locator("#firstName").boundingBox().y);
    page.locator(".pf-v5-c-form__group")
        .filter(new Locator.FilterOptions().setHas(page.locator("#access_tier")))
        .locator("button")
        .first()
        .click();
    assertThat(page.getByText("Which apps are open to this person")).isVisible();
  }

  @Test
  void anAddressIsProvenFromTheInbox() {
    Page page = chromium.page("en");
    page.navigate(demo.pages() + "/demo-notes");
    Chromium.signIn(page, "unverified@example.test", "demo-unverified");
    assertThat(page.getByText("You need to verify your email address")).isVisible();

    page.navigate(demo.pages() + "/mail");
    mail(page, "unverified@example.test").locator("a").first().click();
    assertThat(page.getByText("Your access tier is public.")).isVisible();
  }

  @Test
  void aMagicLinkOfTheOldServiceWaitsInTheInboxAndWorksOnce() {
    Page page = chromium.page("en");
    page.navigate(demo.pages() + "/mail");
    String link = mail(page, "beta-user@example.test").locator("a").first().getAttribute("href");
    page.navigate(link);
    page.locator("#access-tier-proceed").click();
    assertThat(page.getByText("Your access tier is beta.")).isVisible();
    assertThat(page).hasURL(demo.pages() + "/demo-notes");

    Page again = chromium.page("en");
    again.navigate(link);
    assertThat(again.getByText("This link cannot be used").first()).isVisible();
  }

  private static Locator mail(Page inbox, String to) {
    return inbox.locator("article").filter(text("To " + to));
  }

  private String portal() {
    return demo.server() + "/realms/mana/access-tier/portal";
  }

  @Test
  void whereEverythingIsStaysOnLocalhost() {
    assertThat(demo.server()).isEqualTo("http://localhost:" + chosen);
    assertThat(demo.pages()).startsWith("http://localhost:");
  }

  @Test
  void aTakenPortIsSaidAndAnotherIsUsed() {
    assertThat(demo.pages()).doesNotEndWith(":" + refused);
    assertThat(said)
        .contains(
            "Port %d is taken; pages uses %s. Choose another with -Ddemo.pages.port=..."
                .formatted(refused, demo.pages().replaceAll(".*:", "")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo-notes", "demo-chat"})
  void aSampleAppSignsNobodyInWithoutPkce(String app) throws Exception {
    String callback = demo.pages() + "/" + app + "/callback";
    HttpResponse<Void> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            demo.server()
                                + "/realms/mana/protocol/openid-connect/auth?response_type=code"
                                + ("&scope=openid&client_id=" + app)
                                + ("&redirect_uri=" + callback)))
                    .build(),
                BodyHandlers.discarding());
    assertThat(answer.headers().firstValue("Location").orElse(""))
        .startsWith(callback)
        .contains("error=invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mana-realm.json", "partial-import.json"})
  void theSampleAppsAreNotInWhatIsShipped(String file) throws IOException {
    assertThat(Files.readString(TestServer.realmExport(file)))
        .contains("\"clientId\"")
        .doesNotContain("demo-notes", "demo-chat", "demo-cli");
  }

  @Test
  void fiveStepsArePrintedAndNothingIsLeftOpen() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    demo.describe(new PrintStream(printed, true, StandardCharsets.UTF_8));
    String text = printed.toString(StandardCharsets.UTF_8);
    List<String> steps = text.lines().filter(line -> line.matches(" +\\d\\. .*")).toList();
    assertThat(steps).hasSize(5);
    assertThat(steps.get(4)).contains("Try again", "you are in");
    assertThat(text)
        .contains(demo.pages() + "/mail", portal())
        .contains(demo.pages() + "/demo-chat", "Try again", demo.server())
        .doesNotContain("{", "null");
  }

  @Test
  void aPortThatIsNoneIsSaid() {
    String before = System.setProperty("demo.smtp.port", "many");
    try {
      assertThatThrownBy(
              () ->
                  Demo.start(
                      TestServer.jar(),
                      TestServer.realmExport("mana-realm.json"),
                      TestServer.folder("demo-none")))
          .hasMessageContaining("-Ddemo.smtp.port must be a port, not many");
    } finally {
      System.setProperty("demo.smtp.port", before);
    }
  }
}
