// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.RealmRepresentation;

/** The language of the settings, which is Keycloak's attribute {@code locale}. */
@TestInstance(Lifecycle.PER_CLASS)
final class LocaleIT {

  private static final String CHOSEN =
      "insert into auth.user_settings (user_id, global_settings, created_at)"
          + " values (?, cast(? as jsonb), now() - interval '1 day')";

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create("locale", Map.of(), LocaleIT::speaksTwo);
  }

  private static void speaksTwo(RealmRepresentation representation) {
    representation.setInternationalizationEnabled(true);
    representation.setSupportedLocales(Set.of("en", "de"));
    representation.setDefaultLocale("en");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void isWhatThePersonChoseInTheApps() {
    SampleUser user = realm.add("Chose German");
    choose(user, "{\"locale\":\"de\",\"theme\":{}}");

    assertThat(locale(user)).isEqualTo("de");
    assertThat(
            realm.realm().realm().users().searchByEmail(user.email(), true).get(0).getAttributes())
        .containsEntry("locale", List.of("de"));
  }

  /** Its {@code de} is the table's and nobody's choice. */
  @Test
  void isNotThatOfARowNobodyHasChanged() {
    SampleUser user = realm.add("Chose Nothing");
    realm.rows().write("insert into auth.user_settings (user_id) values (?)", user.id());

    assertThat(locale(user)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"locale\":\"fr\"}",
        "{\"locale\":null}",
        "{\"locale\":{\"a\":1}}",
        "{}",
        "[]",
        "1"
      })
  void isNoneThatTheRealmDoesNotSpeak(String settings) {
    SampleUser user = realm.add("Chose Another");
    choose(user, settings);

    assertThat(locale(user)).isNull();
    assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isTrue();
  }

  @Test
  void chosenInKeycloakIsInTheSettings() {
    SampleUser user = realm.add("Chooses English");
    choose(user, "{\"locale\":\"de\",\"theme\":{\"mode\":\"dark\"}}");

    set(user, "en");

    assertThat(stored(user)).isEqualTo("en");
    assertThat(value(user, "global_settings #>> '{theme,mode}'")).isEqualTo("dark");
    assertThat(locale(user)).isEqualTo("en");
  }

  /** Even the language that the table would have given: it has been chosen. */
  @Test
  void chosenFirstInKeycloakMakesTheRow() {
    SampleUser user = realm.add("Chooses First");

    set(user, "de");

    assertThat(stored(user)).isEqualTo("de");
    realm.realm().realm().clearUserCache();
    assertThat(locale(user)).isEqualTo("de");
  }

  @Test
  void isTakenOutByWhoeverTakesItAway() {
    SampleUser user = realm.add("Takes Away");
    choose(user, "{\"locale\":\"de\"}");

    realm.change(user.email(), rep -> rep.getAttributes().remove("locale"));

    assertThat(stored(user)).isEqualTo("null");
    assertThat(locale(user)).isNull();
  }

  @Test
  void isTheLanguageOfTheLoginPages() {
    SampleUser user = realm.add("Speaks German");
    choose(user, "{\"locale\":\"de\"}");
    Browser browser = realm.browser();
    String address = realm.realm().oidc().authUrl(TestRealm.APP, "&kc_action=UPDATE_PASSWORD");

    Browser.Stop page = browser.signIn(address, user.email(), WritableRealm.PASSWORD);

    assertThat(page.page().select("html").attr("lang")).isEqualTo("de");
  }

  @Test
  void isKeptByTheSettingsWhereTheyAreReadOnly() {
    SampleUser user = realm.add("Read Only");
    choose(user, "{\"locale\":\"de\"}");
    try (TestRealm readOnly =
        TestRealm.create(
            Map.of(
                "jdbcUrl",
                TestServer.shared().postgres().jdbcUrl("locale"),
                "username",
                "postgres"),
            LocaleIT::speaksTwo)) {
      var resource = readOnly.realm().users().get(readOnly.user(user.email()).getId());
      var representation = resource.toRepresentation();
      assertThat(representation.getAttributes()).containsEntry("locale", List.of("de"));
      resource.update(representation);
      representation.getAttributes().put("locale", List.of("en"));

      assertThatThrownBy(() -> resource.update(representation))
          .isInstanceOf(BadRequestException.class);
      // A choice on the login page is for that browser.
      Browser.Stop at =
          new Browser(TestServer.shared().keycloak().baseUrl())
              .signIn(
                  readOnly.oidc().authUrl(TestRealm.APP, "&ui_locales=en&kc_locale=en"),
                  user.email(),
                  WritableRealm.PASSWORD);
      assertThat(at.parameter("code")).isNotEmpty();
      assertThat(stored(user)).isEqualTo("de");
    }
  }

  private void choose(SampleUser user, String settings) {
    realm.rows().write(CHOSEN, user.id(), settings);
  }

  private void set(SampleUser user, String locale) {
    realm.change(user.email(), rep -> rep.singleAttribute("locale", locale));
  }

  private String stored(SampleUser user) {
    return value(user, "global_settings ->> 'locale'");
  }

  private String value(SampleUser user, String expression) {
    return String.valueOf(
        realm
            .rows()
            .one(
                "select " + expression + " as it from auth.user_settings where user_id = ?",
                user.id())
            .columns()
            .get("it"));
  }

  private @Nullable String locale(SampleUser user) {
    return realm.resource(user.email()).toRepresentation().firstAttribute("locale");
  }
}
