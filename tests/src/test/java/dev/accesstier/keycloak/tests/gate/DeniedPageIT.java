// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Browser;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the denied page says, and where its links lead. */
@TestInstance(Lifecycle.PER_CLASS)
class DeniedPageIT {

  private final GateRealm realm = GateRealm.create();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private Document page(String client, String language) {
    return new Browser(realm.base)
        .speaking(language)
        .signIn(realm.authUrl(client, ""), realm.user("public"))
        .page();
  }

  private static String text(Document page, String id) {
    return page.expectFirst("#" + id).text();
  }

  @Test
  void speaksEnglish() {
    Document page = page("gated", "en");

    assertThat(text(page, "kc-page-title")).isEqualTo("Todo");
    assertThat(text(page, "access-tier-message"))
        .isEqualTo("This app is currently in closed Alpha phase.");
    assertThat(page.select("dt").eachText())
        .containsExactly("Signed in as", "Your access", "Required");
    assertThat(page.select("dd").eachText()).hasSize(3).endsWith("Standard", "Alpha");
    assertThat(page.select("dd").eachText().get(0)).endsWith("@example.org");
  }

  @Test
  void speaksGerman() {
    Document page = page("gated", "de");

    assertThat(page.expectFirst("html").attr("lang")).isEqualTo("de");
    assertThat(text(page, "access-tier-message"))
        .isEqualTo("Diese App ist aktuell in der geschlossenen Alpha-Phase.");
    assertThat(page.select("dt").eachText())
        .containsExactly("Angemeldet als", "Dein Zugang", "Benötigt");
    assertThat(text(page, "access-tier-overview")).isEqualTo("Zurück zur Übersicht");
  }

  /** That tier is no phase of a release. */
  @Test
  void saysWhomAnAppForMembersIsFor() {
    try (GateRealm other = GateRealm.create()) {
      other.attribute("gated", "access.tier.required", "public");

      Document page =
          new Browser(other.base)
              .speaking("de")
              .signIn(other.authUrl("gated", ""), other.user("guest"))
              .page();

      assertThat(text(page, "access-tier-message"))
          .isEqualTo("Diese App ist für registrierte Mitglieder.");
    }
  }

  @Test
  void otherLanguagesFallBackToEnglish() {
    assertThat(text(page("gated", "fr"), "access-tier-message")).contains("closed Alpha phase");
  }

  @Test
  void linksToTheOverviewAndTheApp() {
    Document page = page("gated", "en");

    assertThat(page.expectFirst("#access-tier-overview").attr("href"))
        .isEqualTo("http://app.test/portal");
    assertThat(page.expectFirst("#access-tier-retry").attr("href"))
        .isEqualTo("http://app.test/gated");
  }

  @Test
  void neverSendsTheUserBackHere() {
    try (GateRealm other = GateRealm.create()) {
      var settings = other.realm().toRepresentation();
      settings.getAttributes().put("access.tier.overview", "gated");
      other.realm().update(settings);

      Document page =
          new Browser(other.base).signIn(other.authUrl("gated", ""), other.user("public")).page();

      assertThat(page.expectFirst("#access-tier-overview").attr("href"))
          .isEqualTo(other.url("/account"));
      assertThat(text(page, "access-tier-overview")).isEqualTo("Go to your account");
    }
  }

  @Test
  void doesNotSendTheUserToAnOverviewThatIsClosedToThem() {
    try (GateRealm other = GateRealm.create()) {
      other.attribute("portal", "access.tier.required", "beta");

      Document page =
          new Browser(other.base).signIn(other.authUrl("gated", ""), other.user("public")).page();

      assertThat(page.expectFirst("#access-tier-overview").attr("href"))
          .isEqualTo(other.url("/account"));
    }
  }

  @Test
  void anotherAppMayBeTheOverview() {
    try (GateRealm other = GateRealm.create()) {
      var settings = other.realm().toRepresentation();
      settings.getAttributes().put("access.tier.overview", "open");
      other.realm().update(settings);

      Document page =
          new Browser(other.base).signIn(other.authUrl("gated", ""), other.user("public")).page();

      assertThat(page.expectFirst("#access-tier-overview").attr("href"))
          .isEqualTo("http://app.test/open");
    }
  }

  @Test
  void offersNoSecondTryWhereTheAppHasNoAddress() {
    Document page = page("misspelt", "en");

    assertThat(page.select("#access-tier-retry")).isEmpty();
    assertThat(page.select("#access-tier-overview")).hasSize(1);
  }

  @Test
  void showsTheAdminsNoteInTheUsersLanguage() {
    realm.attribute("misspelt", "access.tier.note", "Ask <b>us</b>, it's easy");
    realm.attribute("misspelt", "access.tier.note.de", "Frag uns");

    Document english = page("misspelt", "en");
    assertThat(text(english, "access-tier-note")).isEqualTo("Ask <b>us</b>, it's easy");
    assertThat(english.select("#access-tier-note b")).isEmpty();
    assertThat(text(page("misspelt", "de"), "access-tier-note")).isEqualTo("Frag uns");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Ask at https://forum.test/join?a=1&b=2. Soon!|https://forum.test/join?a=1&b=2",
        "(https://forum.test/x)|https://forum.test/x",
        "https://a.test/\"onmouseover=\"alert(1)|https://a.test/\"onmouseover=\"alert(1",
        "One https://a.test, two https://b.test|https://a.test",
        "http://plain.test/ and javascript:alert(1)|",
        "https://<b>bold</b>|",
      })
  void theFirstAddressInANoteIsALink(String note, @Nullable String address) {
    realm.attribute("misspelt", "access.tier.note", note);
    Document page = page("misspelt", "en");
    assertThat(text(page, "access-tier-note")).isEqualTo(note);
    assertThat(page.select("#access-tier-note *").eachAttr("href"))
        .isEqualTo(address == null ? List.of() : List.of(address));
    assertThat(page.select("#access-tier-note a:not([rel='noopener noreferrer'])")).isEmpty();
    assertThat(page.select("#access-tier-note [onmouseover]")).isEmpty();
  }

  @Test
  void takesTheNoteFromTheRealmsOwnTexts() {
    try (GateRealm other = GateRealm.create()) {
      other.attribute("gated", "access.tier.note", "${waitForIt}");
      var texts = other.realm().localization();
      texts.saveRealmLocalizationText("en", "waitForIt", "Opens <i>in May</i>");
      texts.saveRealmLocalizationText("de", "waitForIt", "Ab Mai");
      Browser english = new Browser(other.base);
      Browser german = new Browser(other.base).speaking("de");
      String user = other.user("public");

      Document page = english.signIn(other.authUrl("gated", ""), user).page();
      assertThat(text(page, "access-tier-note")).isEqualTo("Opens <i>in May</i>");
      assertThat(text(german.signIn(other.authUrl("gated", ""), user).page(), "access-tier-note"))
          .isEqualTo("Ab Mai");
    }
  }

  @Test
  void showsNoTierWhereNoneWouldBeEnough() {
    Document page = page("misspelt", "en");

    assertThat(text(page, "access-tier-message")).isEqualTo("This app is currently closed.");
    assertThat(page.html()).doesNotContain("alhpa");
  }

  @Test
  void worksInARealmWithAnotherTheme() {
    try (GateRealm other = GateRealm.create()) {
      var settings = other.realm().toRepresentation();
      settings.setLoginTheme("keycloak");
      other.realm().update(settings);

      Document page =
          new Browser(other.base).signIn(other.authUrl("gated", ""), other.user("public")).page();

      assertThat(text(page, "access-tier-message")).contains("closed Alpha phase");
    }
  }
}
