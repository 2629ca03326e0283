// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** What users do is in {@code security_events}, and no login waits for it. */
@TestInstance(Lifecycle.PER_CLASS)
final class SecurityEventsIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private LoginRealm realm;

  @BeforeAll
  void makeRealm() {
    realm =
        LoginRealm.create(
            Map.of("editMode", "WRITABLE", "securityEvents", "true"),
            rep -> {
              rep.setBruteForceProtected(true);
              rep.setFailureFactor(3);
              rep.setQuickLoginCheckMilliSeconds(0L);
              // A realm made through the API waits for 0 seconds.
              rep.setWaitIncrementSeconds(60);
              rep.setMaxFailureWaitSeconds(900);
              rep.setMaxDeltaTimeSeconds(43200);
            });
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @BeforeEach
  void forgetEvents() {
    realm.sql("delete from auth.security_events");
  }

  private static HTTPResponse login(LoginRealm realm, String email, String password) {
    return realm.oidc().password(TestRealm.APP, email, password);
  }

  private static List<String> events(LoginRealm realm) {
    return realm.query(
        "select user_id, event_type, metadata::text from auth.security_events order by created_at");
  }

  private void assertRecorded(String user, String type, String metadata) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(events(realm))
                    .anySatisfy(
                        event ->
                            assertThat(event)
                                .startsWith(user + "|" + type + "|")
                                .contains(metadata)));
  }

  @Test
  void aLoginWithAddressAndBrowser() {
    // Whose rows of another test do not come late.
    Fixture.User founder = Fixture.known().user("founder-user");
    realm.browser().signIn(realm.appUrl(""), founder.email(), founder.knownPassword());

    assertRecorded(founder.id(), "LOGIN_SUCCESS", "\"client\": \"app\"");
    assertThat(
            realm.query(
                "select ip_address, user_agent, created_at between now() - interval '1 minute' and"
                    + " now() + interval '1 minute' from auth.security_events where user_id = ?",
                founder.id()))
        .singleElement()
        .satisfies(row -> assertThat(row).startsWith("127.0.0.1|Java-http-client").endsWith("|t"));
  }

  @Test
  void aWrongPassword() {
    login(realm, BETA.email(), "wrong");

    assertRecorded(BETA.id(), "LOGIN_FAILURE", "\"error\": \"invalid_user_credentials\"");
  }

  /** Keycloak counts and reports in a thread of its own, without a request. */
  @Test
  void anAccountThatIsLocked() {
    Fixture.User alpha = Fixture.known().user("alpha-user");
    realm.realm.guessed(
        realm.user(alpha).toRepresentation().getId(),
        Collections.nCopies(3, () -> login(realm, alpha.email(), "wrong")));

    assertRecorded(alpha.id(), "ACCOUNT_LOCKED", "{");
  }

  @Test
  void aNameThatNobodyHas() {
    login(realm, "nobody@example.test", "wrong");

    assertRecorded("null", "LOGIN_FAILURE", "\"email\": \"nobody@example.test\"");
  }

  @Test
  void aLogout() {
    OIDCTokens tokens = Oidc.tokens(login(realm, BETA.email(), BETA.knownPassword()));
    realm.oidc().logout(TestRealm.APP, tokens.getRefreshToken());

    assertRecorded(BETA.id(), "LOGOUT", "{");
  }

  @Test
  void whatAnAdminDoes() {
    var user = realm.realm.realm().users().get(realm.realm.user(BETA.email()).getId());
    UserRepresentation representation = user.toRepresentation();
    user.update(representation);

    assertRecorded(BETA.id(), "PROFILE_UPDATED", "\"by\": \"admin\"");
  }

  @Test
  void aPasswordThatAnAdminSendsWithTheProfile() {
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(BETA.knownPassword());
    UserRepresentation representation = realm.user(BETA).toRepresentation();
    representation.setCredentials(List.of(password));
    realm.user(BETA).update(representation);

    assertRecorded(BETA.id(), "PASSWORD_CHANGED", "\"by\": \"admin\"");
  }

  @Test
  void aSecondFactorThatTheUserRemoves() {
    Fixture.User user = Fixture.known().user("totp-1");
    Browser browser = realm.browser();
    Browser.Stop form =
        browser.signIn(
            realm.appUrl("&kc_action=delete_credential:otp-id"),
            user.email(),
            user.knownPassword());
    Browser.Stop page = browser.submit(form, Map.of("otp", user.app().code()));
    browser.submit(page, Map.of("accept", "Yes"));

    assertRecorded(user.id(), "TWO_FACTOR_DISABLED", "\"client\": \"app\"");
  }

  /** Keycloak reports a removal also where there was nothing to remove. */
  @Test
  void noSecondFactorThatWasNotThere() {
    Fixture.User user = Fixture.known().user("founder-admin");
    Browser browser = realm.browser();
    Browser.Stop page =
        browser.signIn(
            realm.appUrl("&kc_action=delete_credential:otp-id"),
            user.email(),
            user.knownPassword());
    browser.submit(page, Map.of("accept", "Yes"));
    realm.oidc().password(TestRealm.APP, user.email(), "wrong");

    // Rows are written one after the other: once this one is there, the other would be.
    assertRecorded(user.id(), "LOGIN_FAILURE", "{");
    assertThat(events(realm)).noneMatch(event -> event.contains("TWO_FACTOR_DISABLED"));
  }

  /** Keycloak 26.7.5 leaves out names over 255 letters; what older ones pass on is cut. */
  @Test
  void aNameOfAnyLengthLeavesAShortRow() {
    login(realm, "n".repeat(60_000) + "@example.test", "wrong");

    assertRecorded("null", "LOGIN_FAILURE", "{");
    assertThat(events(realm)).singleElement().asString().hasSizeLessThan(500);
    login(realm, "n".repeat(200) + "😀@example.test", "wrong");

    assertRecorded(
        "null", "LOGIN_FAILURE", "\"email\": \"" + "n".repeat(200) + "😀@example.test\"");
  }

  @Test
  void nothingWhereItIsOffOrTheSchemaIsReadOnly() {
    try (LoginRealm off = LoginRealm.create(Map.of("editMode", "WRITABLE"), rep -> {});
        LoginRealm readOnly =
            LoginRealm.create(
                Map.of("editMode", "READ_ONLY", "securityEvents", "true"), rep -> {})) {
      off.sql("delete from auth.security_events");
      readOnly.sql("delete from auth.security_events");
      Oidc.tokens(login(off, BETA.email(), BETA.knownPassword()));
      Oidc.tokens(login(readOnly, BETA.email(), BETA.knownPassword()));

      // Rows are written one after the other: once this one is there, theirs would be.
      Oidc.tokens(login(realm, BETA.email(), BETA.knownPassword()));
      assertRecorded(BETA.id(), "LOGIN_SUCCESS", "{");
      assertThat(events(off)).isEmpty();
      assertThat(events(readOnly)).isEmpty();
    }
  }

  @Test
  void aLoginDoesNotWaitForATableThatIsLocked() throws SQLException {
    try (Connection connection = realm.database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table auth.security_events in access exclusive mode");

      Oidc.tokens(login(realm, BETA.email(), BETA.knownPassword()));

      connection.rollback();
    }
  }

  @Test
  void aLoginDoesNotFailForATableThatIsGone() {
    realm.sql("alter table auth.security_events rename to elsewhere");
    try {
      Oidc.tokens(login(realm, BETA.email(), BETA.knownPassword()));
      Oidc.tokens(login(realm, BETA.email(), BETA.knownPassword()));
    } finally {
      realm.sql("alter table auth.elsewhere rename to security_events");
    }
  }
}
