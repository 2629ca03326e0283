// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.ManaRealm;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.keycloak.representations.idm.ComponentRepresentation;

/** The component's page in Keycloak's own console, in the realm as it is shipped. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
class ComponentPageInChromiumIT {

  @RegisterExtension final Chromium chromium = new Chromium();

  private final ManaRealm realm = new ManaRealm();
  private Page page;

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @BeforeEach
  void open() {
    page = chromium.page("en");
    page.navigate(
        "%s/admin/master/console/#/%s/user-federation/auth-schema/%s"
            .formatted(
                TestServer.shared().keycloak().baseUrl(), realm.name(), component().getId()));
    Chromium.signIn(page, KeycloakServer.ADMIN, KeycloakServer.ADMIN);
    assertThat(page.locator("#kc-max-lifespan, [data-testid='kerberos-cache-lifespan']").first())
        .isVisible();
  }

  @Test
  void savingAnotherNameLeavesTheCacheAsItWas() {
    page.getByLabel("UI display name").fill("Renamed");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save").setExact(true))
        .click();

    assertThat(page.getByText("User federation provider successfully saved")).isVisible();
    assertThat(component().getName()).isEqualTo("Renamed");
    assertCachesForAMinute();
  }

  @Test
  void theSwitchEnabledLeavesTheCacheAsItWas() {
    page.locator("label[for$='-switch']").first().click();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Disable").setExact(true))
        .click();

    assertThat(page.getByText("User federation provider successfully saved")).isVisible();
    assertThat(value("enabled")).isEqualTo("false");
    assertCachesForAMinute();
  }

  private void assertCachesForAMinute() {
    assertThat(value("cachePolicy")).isEqualTo("MAX_LIFESPAN");
    assertThat(value("maxLifespan")).isEqualTo("60000");
  }

  private String value(String key) {
    return Objects.requireNonNull(component().getConfig().getFirst(key));
  }

  private ComponentRepresentation component() {
    return realm
        .realm()
        .components()
        .query(null, "org.keycloak.storage.UserStorageProvider")
        .get(0);
  }
}
