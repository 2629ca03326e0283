// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.PasswordHash;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.AuthStatements;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.CredentialRepresentation;

/** A password set in Keycloak is one that Better Auth verifies, and the only one. */
@TestInstance(Lifecycle.PER_CLASS)
final class WritablePasswordIT {

  private static final String NEW = "ein neues Paßwort ﬁ";

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm =
        WritableRealm.create(
            "writable_password",
            Map.of("upgradeBcrypt", "false"),
            rep -> rep.setPasswordPolicy("length(8) and maxLength(128) and notEmail"));
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  /** One with a scrypt row, none at all, a hash of the older service, both, bcrypt. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "alpha-user",
        "social-only",
        "legacy-passwords-table",
        "legacy-both",
        "legacy-bcrypt-in-accounts"
      })
  void anAdminGivesAnyUserANewPassword(String key) {
    Fixture.User user = Fixture.known().user(key);
    set(user.email(), NEW, false);
    assertBetterAuthVerifies(user.id(), NEW);
    assertThat(realm.signsIn(user.email(), NEW)).isTrue();
    if (user.password() != null) {
      assertThat(realm.signsIn(user.email(), user.password())).isFalse();
    }
    if (user.passwordNot() != null) {
      assertThat(realm.signsIn(user.email(), user.passwordNot())).isFalse();
    }
    assertThat(realm.rows().all("select 1 from auth.passwords where user_id = ?", user.id()))
        .isEmpty();
  }

  @Test
  void aStaleHashStaysStaleWhenTheCredentialRowGoes() {
    Fixture.User user = Fixture.known().user("legacy-both");
    set(user.email(), NEW, false);
    realm.rows().write("delete from auth.accounts where user_id = ?", user.id());
    assertThat(realm.signsIn(user.email(), Objects.requireNonNull(user.passwordNot()))).isFalse();
  }

  @Test
  void everyCredentialRowOfTheUserGetsIt() {
    SampleUser user = realm.add("Two Rows");
    realm
        .rows()
        .write(
            "insert into auth.accounts (id, account_id, provider_id, user_id, password, created_at)"
                + " select 'second-' || id, account_id, provider_id, user_id, password,"
                + " created_at - interval '1 day' from auth.accounts where user_id = ?",
            user.id());
    set(user.email(), NEW, false);
    assertThat(realm.rows().all("select password from auth.accounts where user_id = ?", user.id()))
        .hasSize(2)
        .allSatisfy(row -> assertMatches(row.text("password"), NEW));
    assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isFalse();
  }

  @Test
  void aTemporaryPasswordIsReplacedAtTheLogin() {
    SampleUser user = realm.add("Tempo Rary");
    set(user.email(), "temporary-one", true);
    Browser browser = realm.browser();
    Browser.Stop form =
        browser.signIn(
            realm.realm().oidc().authUrl(TestRealm.APP, ""), user.email(), "temporary-one");
    Browser.Stop tooShort = browser.submit(form, passwords("short"));
    assertThat(tooShort.page().text()).contains("minimum length 8");
    assertBetterAuthVerifies(user.id(), "temporary-one");
    Browser.Stop done = browser.submit(tooShort, passwords(NEW));
    assertThat(done.parameter("code")).as(done.body()).isNotEmpty();
    assertBetterAuthVerifies(user.id(), NEW);
  }

  @Test
  void aUserChangesItFromTheAccountConsole() {
    SampleUser user = realm.add("Self Service");
    Browser browser = realm.browser();
    Browser.Stop form =
        browser.signIn(
            realm.realm().oidc().authUrl(TestRealm.APP, "&kc_action=UPDATE_PASSWORD"),
            user.email(),
            WritableRealm.PASSWORD);
    Browser.Stop done = browser.submit(form, passwords(NEW));
    assertThat(done.parameter("code")).as(done.body()).isNotEmpty();
    assertBetterAuthVerifies(user.id(), NEW);
    assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isFalse();
  }

  @Test
  void aPolicyOfTheRealmForbidsAPassword() {
    SampleUser user = realm.add("Policed User");
    AuthRows.Row before = realm.rows().credential(user.id());
    for (String forbidden : List.of("short", user.email(), "x".repeat(129))) {
      assertThat(refusal(() -> set(user.email(), forbidden, false)).getResponse().getStatus())
          .isEqualTo(400);
    }
    assertThat(realm.rows().credential(user.id())).isEqualTo(before);
  }

  @Test
  void thePresentPasswordIsNoNewOneWhereTheRealmKeepsAHistory() {
    SampleUser user = realm.add("Same Again");
    withPolicy(
        "passwordHistory(3)",
        () -> {
          assertThat(
                  refusal(() -> set(user.email(), WritableRealm.PASSWORD, false))
                      .getResponse()
                      .getStatus())
              .isEqualTo(400);
          set(user.email(), NEW, false);
        });
    assertBetterAuthVerifies(user.id(), NEW);
  }

  @Test
  void anExpiredPasswordIsReplacedAtTheLogin() {
    SampleUser user = realm.add("Long Ago");
    withPolicy(
        "forceExpiredPasswordChange(30)",
        () -> {
          assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isTrue();
          realm
              .rows()
              .write(
                  "update auth.accounts set updated_at = now() - interval '31 days'"
                      + " where user_id = ?",
                  user.id());
          Browser browser = realm.browser();
          Browser.Stop form =
              browser.signIn(
                  realm.realm().oidc().authUrl(TestRealm.APP, ""),
                  user.email(),
                  WritableRealm.PASSWORD);
          Browser.Stop done = browser.submit(form, passwords(NEW));
          assertThat(done.parameter("code")).as(done.body()).isNotEmpty();
          assertThat(realm.signsIn(user.email(), NEW)).isTrue();
        });
  }

  private void withPolicy(String policy, Runnable test) {
    var representation = realm.realm().realm().toRepresentation();
    String before = representation.getPasswordPolicy();
    representation.setPasswordPolicy(policy);
    realm.realm().realm().update(representation);
    try {
      test.run();
    } finally {
      representation.setPasswordPolicy(before);
      realm.realm().realm().update(representation);
    }
  }

  @Test
  void aPasswordIsNotTakenAway() {
    SampleUser user = realm.add("Keeps It");
    assertThat(
            refusal(() -> realm.resource(user.email()).disableCredentialType(List.of("password")))
                .getResponse()
                .getStatus())
        .isEqualTo(400);
    assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isTrue();
  }

  @Test
  void bcryptStaysWhereItIsNotToBeUpgraded() {
    Fixture.User user = Fixture.known().user("pw-bcrypt72");
    AuthRows.Row before = realm.rows().credential(user.id());
    assertThat(realm.signsIn(user.email(), user.knownPassword())).isTrue();
    assertThat(realm.rows().credential(user.id())).isEqualTo(before);
  }

  @Test
  void aDirectGrantStillTakesTwoStatements() {
    SampleUser user = realm.add("Counted Twice");
    assertThat(
            new AuthStatements()
                .during(
                    () -> assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isTrue()))
        .hasSizeBetween(1, 2);
  }

  private void set(String email, String password, boolean temporary) {
    CredentialRepresentation credential = new CredentialRepresentation();
    credential.setType(CredentialRepresentation.PASSWORD);
    credential.setValue(password);
    credential.setTemporary(temporary);
    realm.resource(email).resetPassword(credential);
  }

  /** As Better Auth would write the row, and read it. */
  private void assertBetterAuthVerifies(String userId, String password) {
    AuthRows.Row row = realm.rows().credential(userId);
    assertThat(row.columns()).containsEntry("account_id", userId);
    assertThat(row.text("id")).matches("[a-zA-Z0-9]{32}");
    assertThat(row.text("password")).matches("[0-9a-f]{32}:[0-9a-f]{128}");
    assertMatches(row.text("password"), password);
  }

  private static void assertMatches(String stored, String password) {
    assertThat(PasswordHash.parse(stored).matches(password)).isTrue();
  }

  private static Map<String, String> passwords(String password) {
    return Map.of("password-new", password, "password-confirm", password);
  }

  private static WebApplicationException refusal(Runnable call) {
    WebApplicationException refused =
        catchThrowableOfType(WebApplicationException.class, call::run);
    assertThat(refused).as("was allowed").isNotNull();
    return refused;
  }
}
