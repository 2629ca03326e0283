// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.accesstier.devserver.AuthSchemaSql;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.ClientRepresentation;

/** Rows of {@code oauth_consents} are consents of Keycloak, both ways. */
@TestInstance(Lifecycle.PER_CLASS)
class ConsentIT {

  private static final String ASKING = "asking";
  private static final String ALL = "openid profile email roles";
  private static final String HASH = ScryptHash.of(Browser.PASSWORD).stored();

  private final DataSource database = newDatabase("consents");
  private final AuthRows rows = new AuthRows(database);
  private TestRealm writable;
  private TestRealm readOnly;

  private static DataSource newDatabase(String name) {
    DataSource database = TestServer.shared().postgres().createDatabase(name);
    AuthSchemaSql.apply(database);
    return database;
  }

  @BeforeAll
  void makeRealms() {
    writable = realm("consents", Map.of("editMode", "WRITABLE"));
    readOnly = realm("consents", Map.of());
  }

  @AfterAll
  void removeRealms() {
    writable.close();
    readOnly.close();
  }

  private static TestRealm realm(String name, Map<String, String> config) {
    Map<String, String> all = new HashMap<>(config);
    all.put("jdbcUrl", TestServer.shared().postgres().jdbcUrl(name));
    all.put("username", PostgresServer.USER);
    TestRealm realm = TestRealm.create(all, rep -> {});
    ClientRepresentation asking = TestRealm.client(ASKING);
    asking.setConsentRequired(true);
    realm.add(asking);
    return realm;
  }

  @Nested
  class InTheTable {

    @Test
    void isOneHereUntilItsRowGoes() {
      SampleUser user = user();
      consent(user, ALL);
      assertThat(signIn(writable, user).parameter("code")).isNotEmpty();
      assertThat(signIn(readOnly, user).parameter("code")).isNotEmpty();

      rows.write("delete from auth.oauth_consents where user_id = ?", user.id());

      assertAsked(signIn(writable, user));
      assertAsked(signIn(readOnly, user));
    }

    @Test
    void isAskedForWhatItDoesNotHave() {
      SampleUser user = user();
      consent(user, "openid profile");

      Browser.Stop stop = signIn(writable, user);

      assertAsked(stop);
      assertThat(stop.page().select("#kc-oauth").text())
          .contains("Email address")
          .doesNotContain("User profile");
    }

    @Test
    void isUnitedWithOthersOfTheSameApp() {
      SampleUser user = user();
      consent(user, "openid profile");
      consent(user, "email roles");

      assertThat(signIn(writable, user).parameter("code")).isNotEmpty();
    }

    @Test
    void isListed() {
      SampleUser user = user();
      consent(user, ALL);

      List<Map<String, Object>> listed = resource(readOnly, user).getConsents();

      assertThat(listed)
          .singleElement()
          .satisfies(
              one ->
                  assertThat(one)
                      .containsEntry("clientId", ASKING)
                      .hasEntrySatisfying(
                          "grantedClientScopes",
                          scopes -> assertThat(String.valueOf(scopes)).contains("profile", "email"))
                      .containsKeys("createdDate", "lastUpdatedDate"));
    }

    @Test
    void isNoneWhereTheUserRefused() {
      DataSource flagged = newDatabase("flagged_consents");
      AuthRows there = new AuthRows(flagged);
      there.write("alter table auth.oauth_consents add column consent_given boolean");
      try (TestRealm realm = realm("flagged_consents", Map.of("editMode", "WRITABLE"))) {
        SampleUser user = user(flagged);
        consent(there, user, ALL);
        assertAsked(signIn(realm, user));
        there.write("update auth.oauth_consents set consent_given = true");
        assertThat(signIn(realm, user).parameter("code")).isNotEmpty();
        there.write("update auth.oauth_consents set consent_given = false");
        consentTo(realm, user);
        assertThat(there.one("select * from auth.oauth_consents").columns())
            .containsEntry("consent_given", true);
      }
    }
  }

  @Nested
  class GivenHere {

    @Test
    void isARowAndNothingElse() {
      SampleUser user = user();

      assertThat(consentTo(writable, user).parameter("code")).isNotEmpty();

      assertThat(scopes(user)).contains("openid", "profile", "email", "roles");
      assertThat(signIn(writable, user).parameter("code")).isNotEmpty();
      rows.write("delete from auth.oauth_consents where user_id = ?", user.id());
      assertAsked(signIn(writable, user));
    }

    @Test
    void keepsWhatTheServiceAloneKnows() {
      SampleUser user = user();
      consent(user, "openid read:things");
      consent(user, "openid profile write:things");

      consentTo(writable, user);

      assertThat(scopes(user)).contains("read:things", "write:things", "profile", "email");
    }

    @Test
    void goesWhenItIsRevoked() {
      SampleUser user = user();
      consent(user, ALL);
      signIn(writable, user);

      resource(writable, user).revokeConsent(ASKING);

      assertThat(rows.all("select 1 from auth.oauth_consents where user_id = ?", user.id()))
          .isEmpty();
      assertAsked(signIn(writable, user));
    }

    @Test
    void isKeycloaksOwnWhereTheTablesAreReadOnly() {
      SampleUser user = user();
      consent(user, "openid profile");

      consentTo(readOnly, user);

      assertThat(scopes(user)).containsExactlyInAnyOrder("openid", "profile");
      assertThat(signIn(readOnly, user).parameter("code")).isNotEmpty();
      assertThatThrownBy(() -> resource(readOnly, user).revokeConsent(ASKING))
          .isInstanceOf(BadRequestException.class);
      assertThat(scopes(user)).containsExactlyInAnyOrder("openid", "profile");
    }

    @Test
    void isKeycloaksOwnWithoutTheTable() {
      DataSource without = newDatabase("no_consents");
      new AuthRows(without).write("drop table auth.oauth_consents");
      try (TestRealm realm = realm("no_consents", Map.of("editMode", "WRITABLE"))) {
        SampleUser user = user(without);

        assertThat(consentTo(realm, user).parameter("code")).isNotEmpty();

        assertThat(signIn(realm, user).parameter("code")).isNotEmpty();
        resource(realm, user).revokeConsent(ASKING);
        assertAsked(signIn(realm, user));
      }
    }
  }

  private SampleUser user() {
    return user(database);
  }

  private static SampleUser user(DataSource database) {
    SampleUser user =
        SampleUser.of(UUID.randomUUID() + "@example.test", "Cora Consent").passwordHash(HASH);
    new SampleUsers(database).add(user);
    return user;
  }

  private void consent(SampleUser user, String scopes) {
    consent(rows, user, scopes);
  }

  private static void consent(AuthRows rows, SampleUser user, String scopes) {
    rows.write(
        "insert into auth.oauth_consents (id, user_id, client_id, scopes) values (?, ?, ?, ?)",
        SampleUser.newId(),
        user.id(),
        ASKING,
        scopes);
  }

  private List<String> scopes(SampleUser user) {
    return List.of(
        rows.one("select scopes from auth.oauth_consents where user_id = ?", user.id())
            .text("scopes")
            .split(" "));
  }

  /** With cookies of nobody. */
  private static Browser.Stop signIn(TestRealm realm, SampleUser user) {
    return signIn(new Browser(realm.oidc().realmUrl()), realm, user);
  }

  private static Browser.Stop signIn(Browser browser, TestRealm realm, SampleUser user) {
    return browser.signIn(realm.oidc().authUrl(ASKING, ""), user.email());
  }

  /** Signs in and allows what is asked for. */
  private static Browser.Stop consentTo(TestRealm realm, SampleUser user) {
    Browser browser = new Browser(realm.oidc().realmUrl());
    Browser.Stop asked = signIn(browser, realm, user);
    assertAsked(asked);
    Map<String, String> yes = new LinkedHashMap<>();
    yes.put("code", asked.page().select("[name=code]").attr("value"));
    yes.put("accept", "Yes");
    return browser.submit(asked, yes);
  }

  private static void assertAsked(Browser.Stop stop) {
    assertThat(stop.page().select("#kc-oauth")).as(stop.uri().toString()).isNotEmpty();
  }

  private static UserResource resource(TestRealm realm, SampleUser user) {
    return realm.realm().users().get(realm.user(user.email()).getId());
  }
}
