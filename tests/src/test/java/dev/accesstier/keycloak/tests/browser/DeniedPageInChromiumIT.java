package dev.accesstier.keycloak.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Needs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The denied page as a person meets it. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
class DeniedPageInChromiumIT {

  @RegisterExtension final Chromium chromium = new Chromium();

  private final ManaRealm realm = new ManaRealm();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void tellsWhatIsAskedFor() {
    Page page = chromium.page("en");
    Fixture.User user = Fixture.known().user("public-user");

    page.navigate(realm.signIn("todo"));
    Chromium.signIn(page, user.email(), user.knownPassword());

    assertThat(page.locator("#access-tier-message"))
        .hasText("This app is currently in closed Beta phase.");
  }
}
