// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The machine's own Chromium, one process for all tests of a run. Each page has cookies of its own
 * and is closed after its test; a failed test leaves a picture of it in {@code target/pages}.
 *
 * <p>A test class is marked with {@link Needs} and registers one of these in a field.
 *
 * <p>It reaches nothing but loopback. Every other {@code http} address is an {@link AnyApp}, so
 * that a login can be followed to the app's redirect URI.
 */
public final class Chromium implements AfterEachCallback {

  private static final int LIMIT_MILLIS = 30_000;

  /** Names that {@link Needs.Tool#CHROMIUM} looks for as well. */
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  /** Ends with this JVM: the driver and its browser stop when their input is closed. */
  private static final class Shared {
    static final com.microsoft.playwright.Browser BROWSER = launch();
  }

  private final List<BrowserContext> contexts = new ArrayList<>();

  /** A page of a fresh visitor who prefers that language. */
  public Page page(String language) {
    return page(options -> options.setLocale(language));
  }

  /** Likewise, with another size of the screen, colour scheme and so on. */
  public Page page(Consumer<NewContextOptions> more) {
    NewContextOptions options = new NewContextOptions().setLocale("en");
    more.accept(options);
    BrowserContext context = Shared.BROWSER.newContext(options);
    context.setDefaultTimeout(LIMIT_MILLIS);
    contexts.add(context);
    return context.newPage();
  }

  /** Fills Keycloak's own form, whatever language it speaks. */
  public static void signIn(Page login, String username, String password) {
    login.fill("#username", username);
    login.fill("#password", password);
    login.click("#kc-login");
  }

  /**
   * Leaves a picture in {@code target/pages} to look at; those in {@code docs/images} are copies.
   */
  public static void picture(Page page, String name) {
    Path file = Path.of(System.getProperty("access-tier.pages"), name + ".png");
    page.screenshot(new ScreenshotOptions().setPath(file).setFullPage(true));
  }

  @Override
  public void afterEach(ExtensionContext test) {
    if (test.getExecutionException().isPresent()) {
      String name = test.getRequiredTestClass().getSimpleName() + '.' + test.getDisplayName();
      picture(name.replaceAll("[^\\w.-]+", "_"));
    }
    contexts.forEach(BrowserContext::close);
    contexts.clear();
  }

  private void picture(String name) {
    int number = 0;
    for (BrowserContext context : contexts) {
      for (Page page : context.pages()) {
        picture(page, name + '-' + number++);
      }
    }
  }

  private static com.microsoft.playwright.Browser launch() {
    PlaywrightAssertions.setDefaultAssertionTimeout(LIMIT_MILLIS);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return playwright
        .chromium()
        .launch(
            new LaunchOptions()
                .setExecutablePath(executable())
                .setHeadless(true)
                .setArgs(
                    List.of(
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        // Apps are at http, and a try at https would be waited for.
                        "--disable-features=HttpsUpgrades,HttpsFirstBalancedMode",
                        "--host-resolver-rules=MAP * 127.0.0.1:"
                            + AnyApp.port()
                            + ", EXCLUDE 127.0.0.1, EXCLUDE localhost")));
  }

  private static Path executable() {
    return Pattern.compile(File.pathSeparator)
        .splitAsStream(System.getenv("PATH"))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("There is no Chromium in the PATH"));
  }
}
