// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.PasswordHash;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** A user who is new in Keycloak is one whom Better Auth signs in. */
@TestInstance(Lifecycle.PER_CLASS)
final class RegistrationIT {

  private static final String PASSWORD = "registered-password";

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm =
        WritableRealm.create(
            "registration",
            Map.of(),
            rep -> {
              rep.setRegistrationAllowed(true);
              rep.setPasswordPolicy("length(8)");
            });
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void theFormMakesTheRowsThatBetterAuthMakes() {
    String email = newEmail();
    Browser browser = realm.browser();
    Browser.Stop form = browser.open(registration());
    Browser.Stop refused = browser.submit(form, fields(Fixture.known().user("case").email()));
    assertThat(refused.page().text()).contains("Email already exists");

    // An unverified user is refused later, by a realm that verifies no emails: not here.
    Browser.Stop done = browser.submit(refused, fields(email.toUpperCase(Locale.ROOT)));
    assertThat(done.parameter("code")).as(done.body()).isNotEmpty();

    AuthRows.Row row = row(email);
    assertThat(row.columns())
        .containsEntry("name", "Neo Phyte")
        .containsEntry("email_verified", false)
        .containsEntry("image", null)
        .containsEntry("two_factor_enabled", false)
        .containsEntry("deleted_at", null);
    assertThat(row.text("role")).isEqualTo("user");
    assertThat(row.text("access_tier")).isEqualTo("public");
    assertThat(row.text("id")).matches("[a-zA-Z0-9]{32}");
    AuthRows.Row credential = realm.rows().credential(row.text("id"));
    assertThat(credential.columns()).containsEntry("account_id", row.text("id"));
    assertThat(PasswordHash.parse(credential.text("password")).matches(PASSWORD)).isTrue();

    realm.rows().write("update auth.users set email_verified = true where email = ?", email);
    realm.realm().realm().clearUserCache();
    assertThat(realm.signsIn(email, PASSWORD)).isTrue();
  }

  @Test
  void anAdminMakesAUserWithEverything() {
    String email = newEmail();
    UserRepresentation user = user(email, PASSWORD);
    user.setFirstName("Ada");
    user.setLastName("Lovelace");
    user.setEmailVerified(true);
    user.setCreatedTimestamp(1_500_000_000_123L);
    user.setAttributes(
        new HashMap<>(Map.of("picture", List.of("https://a.test/ada.png"), "team", List.of("1"))));
    assertThat(create(user)).isEqualTo(201);
    assertThat(row(email).columns())
        .containsEntry("name", "Ada Lovelace")
        .containsEntry("email_verified", true)
        .containsEntry("image", "https://a.test/ada.png");
    UserRepresentation made = realm.realm().user(email);
    assertThat(made.getId())
        .isEqualTo("f:" + realm.realm().componentId() + ":" + row(email).text("id"));
    assertThat(made.getCreatedTimestamp()).isEqualTo(1_500_000_000_123L);
    assertThat(made.getAttributes()).containsEntry("team", List.of("1"));
    assertThat(realm.signsIn(email, PASSWORD)).isTrue();
  }

  @Test
  void aUserWhoCannotBeTakenBackIsNamedInTheLog() {
    TestServer.shared()
        .postgres()
        .execute(
            "registration",
            """
            create function auth.keep() returns trigger language plpgsql
              as $$ begin raise exception 'kept'; end $$;
            create trigger keep before delete on auth.users for each row
              when (old.email like 'kept%') execute function auth.keep()
            """);
    String email = "kept" + newEmail();
    int before = TestServer.shared().keycloak().log().length();
    assertThat(create(user(email, "short"))).isEqualTo(400);
    assertThat(TestServer.shared().keycloak().log().substring(before))
        .contains("User " + row(email).text("id") + " remains in the auth schema");
  }

  @Test
  void anAdminMakesAUserWhoIsDisabledAndHasNoPassword() {
    String email = newEmail();
    UserRepresentation user = user(email, null);
    user.setEnabled(false);
    assertThat(create(user)).isEqualTo(201);
    assertThat(row(email).columns().get("deleted_at")).isNotNull();
    assertThat(
            realm
                .rows()
                .all("select 1 from auth.accounts where user_id = ?", row(email).text("id")))
        .isEmpty();
    assertThat(realm.realm().user(email).isEnabled()).isFalse();
  }

  @Test
  void aUserWhoseRequestFailedIsTakenBack() {
    String email = newEmail();
    assertThat(create(user(email, "short"))).isEqualTo(400);
    assertThat(realm.rows().all("select 1 from auth.users where email = ?", email)).isEmpty();
    assertThat(create(user(email, PASSWORD))).isEqualTo(201);
  }

  @Test
  void ofManyAtOnceOneGetsTheEmail() {
    String email = newEmail();
    List<CompletableFuture<Integer>> attempts =
        IntStream.range(0, 6)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> create(user(email, PASSWORD + i))))
            .toList();
    assertThat(attempts.stream().map(CompletableFuture::join))
        .containsOnlyOnce(201)
        .containsOnly(201, 409);
    assertThat(realm.rows().all("select 1 from auth.users where email = ?", email)).hasSize(1);
    String id = row(email).text("id");
    assertThat(realm.rows().all("select 1 from auth.accounts where user_id = ?", id)).hasSize(1);
  }

  @Test
  void aDefaultRequiredActionIsAsked() {
    var action = realm.realm().realm().flows().getRequiredAction("UPDATE_PROFILE");
    action.setDefaultAction(true);
    realm.realm().realm().flows().updateRequiredAction("UPDATE_PROFILE", action);
    try {
      String email = newEmail();
      assertThat(create(user(email, PASSWORD))).isEqualTo(201);
      assertThat(realm.realm().user(email).getRequiredActions()).containsExactly("UPDATE_PROFILE");
    } finally {
      action.setDefaultAction(false);
      realm.realm().realm().flows().updateRequiredAction("UPDATE_PROFILE", action);
    }
  }

  @Test
  void aUsernameThatIsNoEmailStaysLocal() {
    var representation = realm.realm().realm().toRepresentation();
    representation.setRegistrationEmailAsUsername(false);
    realm.realm().realm().update(representation);
    try {
      UserRepresentation user = user("local-" + newEmail(), PASSWORD);
      user.setUsername("local-user");
      assertThat(create(user)).isEqualTo(201);
      assertThat(realm.rows().all("select 1 from auth.users where email = ?", user.getEmail()))
          .isEmpty();
      assertThat(realm.realm().realm().users().searchByUsername("local-user", true).get(0).getId())
          .doesNotStartWith("f:");
    } finally {
      representation.setRegistrationEmailAsUsername(true);
      realm.realm().realm().update(representation);
    }
  }

  private int create(UserRepresentation user) {
    try (Response response = realm.realm().realm().users().create(user)) {
      return response.getStatus();
    }
  }

  private static UserRepresentation user(String email, @Nullable String password) {
    UserRepresentation user = new UserRepresentation();
    user.setEmail(email);
    user.setUsername(email);
    user.setEnabled(true);
    if (password != null) {
      CredentialRepresentation credential = new CredentialRepresentation();
      credential.setType(CredentialRepresentation.PASSWORD);
      credential.setValue(password);
      user.setCredentials(List.of(credential));
    }
    return user;
  }

  private AuthRows.Row row(String email) {
    return realm.rows().one("select * from auth.users where email = ?", email);
  }

  private String registration() {
    return realm
        .realm()
        .oidc()
        .authUrl(TestRealm.APP, "")
        .replace("/openid-connect/auth?", "/openid-connect/registrations?");
  }

  private static Map<String, String> fields(String email) {
    return Map.of(
        "email", email,
        "firstName", "Neo",
        "lastName", "Phyte",
        "password", PASSWORD,
        "password-confirm", PASSWORD);
  }

  private static String newEmail() {
    return SampleUser.newId().toLowerCase(Locale.ROOT) + "@example.test";
  }
}
