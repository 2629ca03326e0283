// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.link;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.accesstier.keycloak.tests.support.KeycloakPasskeys.allowRegistration;
import static dev.accesstier.keycloak.tests.support.KeycloakPasskeys.assertRefused;
import static dev.accesstier.keycloak.tests.support.KeycloakPasskeys.code;
import static dev.accesstier.keycloak.tests.support.KeycloakPasskeys.local;
import static dev.accesstier.keycloak.tests.support.KeycloakPasskeys.press;
import static dev.accesstier.keycloak.tests.support.KeycloakPasskeys.register;
import static dev.accesstier.keycloak.tests.support.KeycloakPasskeys.signIn;
import static dev.accesstier.keycloak.tests.support.KeycloakPasskeys.userOf;
import static dev.accesstier.keycloak.tests.support.KeycloakPasskeys.visitor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import dev.accesstier.keycloak.tests.support.Authenticator;
import dev.accesstier.keycloak.tests.support.Chromium;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Hashes;
import dev.accesstier.keycloak.tests.support.KeycloakPasskeys;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.AuthenticationExecutionInfoRepresentation;
import org.keycloak.representations.idm.AuthenticationFlowRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/** Passkeys made at Better Auth sign in to Keycloak, and those made here are made there as well. */
@Needs(Needs.Tool.CHROMIUM)
@TestInstance(Lifecycle.PER_CLASS)
class PasskeyIT {

  private static final Fixture.User USER = Fixture.known().user("passkey");
  private static final Fixture.User OTHER = Fixture.known().user("pw-ligature");

  @RegisterExtension final Chromium chromium = new Chromium();

  private TestRealm realm;
  private TestRealm reading;

  @BeforeAll
  void makeRealms() {
    Rows.update("create table auth.passkeys_before as table auth.passkeys");
    realm = TestRealm.create(Map.of("editMode", "WRITABLE"), KeycloakPasskeys::enable);
    reading = TestRealm.create(Map.of("editMode", "READ_ONLY"), KeycloakPasskeys::enable);
    allowRegistration(realm);
    allowRegistration(reading);
  }

  @AfterAll
  void removeRealms() {
    realm.close();
    reading.close();
    Rows.update("drop table auth.passkeys_before");
  }

  @AfterEach
  void restoreRows() {
    Rows.update("delete from auth.passkeys");
    Rows.update("insert into auth.passkeys select * from auth.passkeys_before");
  }

  static List<Fixture.Passkey> fixture() {
    return USER.knownPasskeys();
  }

  @ParameterizedTest
  @MethodSource("fixture")
  void aPasskeyOfBetterAuthSignsInWithoutAUserName(Fixture.Passkey passkey) {
    Page page = visitor(chromium);
    new Authenticator(page).hold(passkey, passkey.counter() + 1);

    String code = code(signIn(page, realm));

    assertThat(userOf(realm, code)).isEqualTo(USER.id());
    await()
        .untilAsserted(
            () ->
                assertThat(row(passkey).get("last_used_at"))
                    .isGreaterThan(before(passkey).getOrDefault("last_used_at", "")));
    assertThat(Integer.parseInt(row(passkey).get("counter"))).isGreaterThan(passkey.counter());
  }

  @Test
  void aPasskeyThatTheBrowserOffersByItselfSignsIn() {
    Page page = chromium.page("en");
    new Authenticator(page).hold(fixture().get(0), 1);

    page.navigate(local(realm.oidc().authUrl(TestRealm.APP, "")));

    assertThat(userOf(realm, code(page))).isEqualTo(USER.id());
  }

  @ParameterizedTest
  @MethodSource("fixture")
  void aPasskeyOfBetterAuthSignsInAfterTheUserName(Fixture.Passkey passkey) {
    try (TestRealm named =
        TestRealm.create(Map.of("editMode", "WRITABLE"), KeycloakPasskeys::enable)) {
      userNameFirst(named);
      Page page = visitor(chromium);
      new Authenticator(page).hold(passkey, passkey.counter() + 1);

      page.navigate(local(named.oidc().authUrl(TestRealm.APP, "")));
      page.fill("#username", USER.email());
      page.click("#kc-login");
      press(page, "#authenticateWebAuthnButton");

      assertThat(userOf(named, code(page))).isEqualTo(USER.id());
    }
  }

  /** The form for the password alone, which offers passkeys where the realm has them on. */
  @Test
  void aPasskeyOfBetterAuthSignsInInPlaceOfThePassword() {
    try (TestRealm named =
        TestRealm.create(Map.of("editMode", "WRITABLE"), KeycloakPasskeys::enable)) {
      twoSteps(named, "auth-username-form", "auth-password-form");
      Fixture.Passkey passkey = fixture().get(0);
      Page page = visitor(chromium);
      new Authenticator(page).hold(passkey, passkey.counter() + 1);

      page.navigate(local(named.oidc().authUrl(TestRealm.APP, "")));
      page.fill("#username", USER.email());
      page.click("#kc-login");
      assertThat(page.locator("#password")).isVisible();
      press(page, "#authenticateWebAuthnButton");

      assertThat(userOf(named, code(page))).isEqualTo(USER.id());
    }
  }

  /** Credential ids are no secret: whoever adds a row with one must not be in its owner's way. */
  @Test
  void aRowWithTheIdOfAPasskeyThatKeycloakKeepsDoesNotHideIt() {
    Page page = visitor(chromium);
    Authenticator authenticator = new Authenticator(page);
    register(page, reading, OTHER.email(), OTHER.knownPassword());
    Rows.update(
        "insert into auth.passkeys"
            + " (id, user_id, credential_id, public_key, counter, device_type, backed_up)"
            + " select 'in-the-way', user_id, ?, public_key, 0, device_type, backed_up"
            + " from auth.passkeys where id = ?",
        authenticator.held().get(0),
        fixture().get(0).id());

    page.context().clearCookies();
    assertThat(userOf(reading, code(signIn(page, reading)))).isEqualTo(OTHER.id());

    UserResource user = user(reading, OTHER);
    user.removeCredential(passkeysOf(user).get(0).getId());
  }

  @Test
  void somebodyElsesPasskeyDoesNotSignInAfterTheUserName() {
    try (TestRealm named =
        TestRealm.create(Map.of("editMode", "WRITABLE"), KeycloakPasskeys::enable)) {
      userNameFirst(named);
      Fixture.Passkey passkey = fixture().get(0);
      // The one thing that tells them apart: the browser is allowed to offer it.
      Rows.update("update auth.passkeys set user_id = ? where id = ?", OTHER.id(), passkey.id());
      Page page = visitor(chromium);
      new Authenticator(page).hold(passkey, 1);
      page.navigate(local(named.oidc().authUrl(TestRealm.APP, "")));
      page.fill("#username", OTHER.email());
      page.click("#kc-login");
      assertThat(page.locator("#authenticateWebAuthnButton")).isVisible();
      Rows.update("update auth.passkeys set user_id = ? where id = ?", USER.id(), passkey.id());

      press(page, "#authenticateWebAuthnButton");

      assertThat(page.locator("#kc-error-message, .pf-v5-c-alert, .alert-error").first())
          .isVisible();
    }
  }

  @Test
  void whatBetterAuthRemovedSignsInNoMoreAndWhatItAddedDoes() {
    Fixture.Passkey passkey = fixture().get(0);
    signedIn(realm, passkey, 1);
    assertThat(labels(user(realm, USER))).contains("MacBook Touch ID");

    Rows.update("delete from auth.passkeys where id = ?", passkey.id());
    assertThat(labels(user(realm, USER))).doesNotContain("MacBook Touch ID");
    Page page = visitor(chromium);
    new Authenticator(page).hold(passkey, 5);
    signIn(page, realm);
    assertRefused(page);

    Rows.update(
        "insert into auth.passkeys select * from auth.passkeys_before where id = ?", passkey.id());
    assertThat(labels(user(realm, USER))).contains("MacBook Touch ID");
    signedIn(realm, passkey, 9);
  }

  /** The user is in Keycloak's cache, as one without a passkey. */
  @Test
  void aFirstPasskeyCountsAtOnce() {
    Fixture.Passkey passkey = fixture().get(1);
    Oidc.tokens(realm.oidc().password(TestRealm.APP, OTHER.email(), OTHER.knownPassword()));
    Rows.update("update auth.passkeys set user_id = ? where id = ?", OTHER.id(), passkey.id());

    Page page = visitor(chromium);
    new Authenticator(page).hold(passkey, 10);

    assertThat(userOf(realm, code(signIn(page, realm)))).isEqualTo(OTHER.id());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCopiedAuthenticatorIsNoticed(boolean writable) {
    TestRealm at = writable ? realm : reading;
    Fixture.Passkey passkey = fixture().get(1);
    signedIn(at, passkey, 20);
    assertThat(row(passkey)).containsEntry("counter", writable ? "21" : "7");

    Page copy = visitor(chromium);
    new Authenticator(copy).hold(passkey, 15);
    signIn(copy, at);
    assertRefused(copy);

    // Better Auth has seen it later than Keycloak.
    Rows.update("update auth.passkeys set counter = 30 where id = ?", passkey.id());
    Page late = visitor(chromium);
    new Authenticator(late).hold(passkey, 25);
    signIn(late, at);
    assertRefused(late);
    signedIn(at, passkey, 40);
  }

  /** Keycloak remembers a counter for each realm, and keeps those of all realms in one table. */
  @Test
  void aPasskeySignsInToEveryRealmOfAServer() {
    Fixture.Passkey passkey = fixture().get(0);
    try (TestRealm second =
        TestRealm.create(Map.of("editMode", "READ_ONLY"), KeycloakPasskeys::enable)) {
      signedIn(reading, passkey, 50);
      signedIn(reading, passkey, 51);
      signedIn(second, passkey, 52);
      signedIn(second, passkey, 53);

      Page copy = visitor(chromium);
      new Authenticator(copy).hold(passkey, 52);
      signIn(copy, second);
      assertRefused(copy);
    }
  }

  /** Where no password is checked there is no cost to make alike, and one to spare. */
  @Test
  void aPasskeyThatIsNobodysCostsNoHash() {
    Fixture.Passkey passkey = fixture().get(0);
    Rows.update("delete from auth.passkeys where id = ?", passkey.id());
    Page page = visitor(chromium);
    new Authenticator(page).hold(passkey, 60);

    assertThat(
            new Hashes(TestServer.shared().keycloak())
                .during(
                    () -> {
                      signIn(page, realm);
                      assertRefused(page);
                    }))
        .isZero();
    assertThat(realm.realm().getEvents(List.of("LOGIN_ERROR"), null, null, null, null, null, 0, 1))
        .extracting(EventRepresentation::getError)
        .containsExactly("user_not_found");
  }

  @Test
  void aPasskeyMadeInKeycloakIsARowAndIsRemovedThere() {
    Page page = visitor(chromium);
    Authenticator authenticator = new Authenticator(page);
    register(page, realm, OTHER.email(), OTHER.knownPassword());

    Map<String, String> row =
        Rows.select("select * from auth.passkeys where user_id = ?", OTHER.id()).get(0);
    assertThat(row)
        .containsEntry("credential_id", authenticator.held().get(0))
        .containsEntry("device_type", "multiDevice")
        .containsEntry("backed_up", "t")
        .containsEntry("transports", "[\"internal\"]")
        .containsKeys("counter", "created_at")
        .doesNotContainKeys("last_used_at");
    assertThat(row.get("id")).matches("[\\w-]{21}");
    assertThat(row.get("public_key")).matches("[\\w-]+");

    page.context().clearCookies();
    assertThat(userOf(realm, code(signIn(page, realm)))).isEqualTo(OTHER.id());

    UserResource user = user(realm, OTHER);
    assertThat(passkeysOf(user))
        .extracting(CredentialRepresentation::getId)
        .containsExactly(row.get("id"));
    user.setCredentialUserLabel(row.get("id"), "My phone");
    assertThat(Rows.select("select friendly_name from auth.passkeys where user_id = ?", OTHER.id()))
        .containsExactly(Map.of("friendly_name", "My phone"));
    user.removeCredential(row.get("id"));
    assertThat(Rows.select("select id from auth.passkeys where user_id = ?", OTHER.id())).isEmpty();
    assertThat(passkeysOf(user)).isEmpty();
  }

  @Test
  void whileReadOnlyAPasskeyMadeInKeycloakIsKeycloaksOwn() {
    Page page = visitor(chromium);
    new Authenticator(page);
    register(page, reading, OTHER.email(), OTHER.knownPassword());

    assertThat(Rows.select("select id from auth.passkeys where user_id = ?", OTHER.id())).isEmpty();
    page.context().clearCookies();
    assertThat(userOf(reading, code(signIn(page, reading)))).isEqualTo(OTHER.id());
    UserResource user = user(reading, OTHER);
    assertThat(passkeysOf(user)).hasSize(1);
    user.removeCredential(passkeysOf(user).get(0).getId());
    assertThat(passkeysOf(user)).isEmpty();
  }

  @Test
  void whileReadOnlyAPasskeyOfBetterAuthCannotBeRemoved() {
    UserResource user = user(reading, USER);
    assertThat(passkeysOf(user)).hasSize(3);
    assertThatThrownBy(() -> user.removeCredential(fixture().get(0).id()))
        .isInstanceOf(BadRequestException.class);
    assertThat(passkeysOf(user)).hasSize(3);
  }

  /** A flow of two steps, as Keycloak's documentation has it. */
  private static void userNameFirst(TestRealm realm) {
    twoSteps(realm, "auth-username-form", "webauthn-authenticator-passwordless");
    RealmRepresentation changed = realm.realm().toRepresentation();
    // Or the form for the user name would offer passkeys itself.
    changed.setWebAuthnPolicyPasswordlessPasskeysEnabled(false);
    realm.realm().update(changed);
  }

  private static void twoSteps(TestRealm realm, String first, String second) {
    AuthenticationFlowRepresentation flow = new AuthenticationFlowRepresentation();
    flow.setAlias("passkey");
    flow.setProviderId("basic-flow");
    flow.setTopLevel(true);
    flow.setBuiltIn(false);
    realm.realm().flows().createFlow(flow).close();
    for (String step : List.of(first, second)) {
      realm.realm().flows().addExecution("passkey", Map.of("provider", step));
    }
    for (AuthenticationExecutionInfoRepresentation step :
        realm.realm().flows().getExecutions("passkey")) {
      step.setRequirement("REQUIRED");
      realm.realm().flows().updateExecutions("passkey", step);
    }
    RealmRepresentation changed = realm.realm().toRepresentation();
    changed.setBrowserFlow("passkey");
    realm.realm().update(changed);
  }

  private void signedIn(TestRealm at, Fixture.Passkey passkey, int signatures) {
    Page page = visitor(chromium);
    new Authenticator(page).hold(passkey, signatures);
    code(signIn(page, at));
  }

  private static UserResource user(TestRealm realm, Fixture.User user) {
    return realm.realm().users().get(realm.user(user.email()).getId());
  }

  private static List<CredentialRepresentation> passkeysOf(UserResource user) {
    return user.credentials().stream()
        .filter(one -> one.getType().equals(KeycloakPasskeys.TYPE))
        .toList();
  }

  private static List<String> labels(UserResource user) {
    return passkeysOf(user).stream().map(CredentialRepresentation::getUserLabel).toList();
  }

  private static Map<String, String> row(Fixture.Passkey passkey) {
    return Rows.select("select * from auth.passkeys where id = ?", passkey.id()).get(0);
  }

  private static Map<String, String> before(Fixture.Passkey passkey) {
    return Rows.select("select * from auth.passkeys_before where id = ?", passkey.id()).get(0);
  }
}
