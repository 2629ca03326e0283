// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.WebApplicationException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.UserRepresentation;

/** A profile changed in Keycloak is changed in {@code users}, and nothing else is. */
@TestInstance(Lifecycle.PER_CLASS)
final class WritableProfileIT {

  private static final String TAKEN = Fixture.known().user("beta-user").email();

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm =
        WritableRealm.create(
            "writable_profile",
            Map.of(),
            rep -> {
              rep.setBruteForceProtected(true);
              rep.setPermanentLockout(true);
              rep.setMaxTemporaryLockouts(0);
              rep.setFailureFactor(2);
              rep.setQuickLoginCheckMilliSeconds(0L);
              rep.setEditUsernameAllowed(true);
            });
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Nested
  class AnAdmin {

    /** As with users of Keycloak's own, the flag stays when nobody says otherwise. */
    @Test
    void changesTheEmailAlone() {
      SampleUser user = realm.add("Same Flag");
      UserRepresentation email = new UserRepresentation();
      email.setEmail("same-" + user.email());
      realm.resource(user.email()).update(email);
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("email", "same-" + user.email())
          .containsEntry("email_verified", true);
    }

    /** An address whose request fails in between is unverified. */
    @Test
    void changesTheEmailToOneThatIsUnverifiedUntilTheRequestIsThrough() {
      SampleUser user = realm.add("Half Way");
      TestServer.shared()
          .postgres()
          .execute(
              "writable_profile",
              """
              create function auth.stay() returns trigger language plpgsql
                as $$ begin raise exception 'refused'; end $$;
              create trigger stay before update on auth.users for each row
                when (new.id = '%s' and new.email_verified and not old.email_verified)
                execute function auth.stay()
              """
                  .formatted(user.id()));
      UserRepresentation email = new UserRepresentation();
      email.setEmail("half-" + user.email());
      UserResource resource = realm.resource(user.email());
      assertThatThrownBy(() -> resource.update(email)).isInstanceOf(WebApplicationException.class);
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("email", "half-" + user.email())
          .containsEntry("email_verified", false);
    }

    @Test
    void changesNameEmailAndVerificationInOneRequest() {
      SampleUser user = realm.add("Old Name");
      AuthRows.Row before = realm.rows().user(user.id());
      realm.change(
          user.email(),
          rep -> {
            rep.setFirstName("New");
            rep.setLastName("Person");
            rep.setEmail("New.Mail-" + user.email());
            rep.setEmailVerified(false);
          });
      AuthRows.Row after = realm.rows().user(user.id());
      assertThat(after.columns())
          .containsEntry("name", "New Person")
          .containsEntry("email", "new.mail-" + user.email())
          .containsEntry("email_verified", false);
      assertThat(after.text("updated_at")).isNotEqualTo(before.text("updated_at"));
      assertThat(unchanged(after)).isEqualTo(unchanged(before));
      UserRepresentation seen = realm.realm().user("new.mail-" + user.email());
      assertThat(seen.getUsername()).isEqualTo("new.mail-" + user.email());
      assertThat(seen.getFirstName()).isEqualTo("New");
      assertThat(seen.getLastName()).isEqualTo("Person");
      realm.change(seen.getEmail(), rep -> rep.setEmailVerified(true));
      assertThat(realm.signsIn("new.mail-" + user.email(), WritableRealm.PASSWORD)).isTrue();
      assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
        nullValues = "-",
        value = {
          "Anna Maria, Muster,      Anna Maria Muster, Anna, Maria Muster",
          "Cher,       -,           Cher,              Cher, -",
          "Zoë,        von der Alm, Zoë von der Alm,   Zoë,  von der Alm",
          "-,          Alone,       Alone,             Alone, -"
        })
    void storesTheWholeNameWhereverItsBorderIs(
        String first, String last, String stored, String firstAgain, String lastAgain) {
      SampleUser user = realm.add("Old Name");
      realm.change(
          user.email(),
          rep -> {
            rep.setFirstName(first == null ? "" : first);
            rep.setLastName(last == null ? "" : last);
          });
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("name", stored);
      realm.realm().realm().clearUserCache();
      UserRepresentation again = realm.realm().user(user.email());
      assertThat(again.getFirstName()).isEqualTo(firstAgain);
      assertThat(again.getLastName()).isEqualTo(lastAgain);
      realm.change(user.email(), rep -> rep.setEmailVerified(true));
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("name", stored);
    }

    @Test
    void isToldThatAnEmailIsTaken() {
      SampleUser user = realm.add("Wants Another");
      assertThat(statusOf(user, rep -> rep.setEmail(TAKEN.toUpperCase(Locale.ROOT))))
          .isEqualTo(409);
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("email", user.email());
    }

    @Test
    void isToldOfTheConstraintWhereTheRealmWouldAllowDuplicates() {
      SampleUser user = realm.add("Wants Another");
      allowDuplicateEmails(true);
      try {
        assertThat(statusOf(user, rep -> rep.setEmail(TAKEN))).isEqualTo(409);
        statusOf(user, rep -> rep.setUsername("no-email"));
        assertThat(realm.realm().user(user.email()).getUsername()).isEqualTo(user.email());
        assertThat(statusOf(user, rep -> rep.setEmail("free-" + user.email()))).isEqualTo(204);
      } finally {
        allowDuplicateEmails(false);
      }
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("email", "free-" + user.email());
    }

    @Test
    void isToldThatACharacterCannotBeStored() {
      SampleUser user = realm.add("Plain Name");
      assertThat(statusOf(user, rep -> rep.setFirstName("Nu\0ll"))).isEqualTo(400);
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("name", "Plain Name");
    }

    @Test
    void changesThePictureAndTakesItAway() {
      SampleUser user = realm.add("In Pictures");
      realm.change(user.email(), rep -> rep.singleAttribute("picture", "https://a.test/1.png"));
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("image", "https://a.test/1.png");
      realm.change(user.email(), rep -> rep.setFirstName("Still"));
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("image", "https://a.test/1.png");
      realm.change(
          user.email(), rep -> rep.setAttributes(new HashMap<>(Map.of("team", List.of()))));
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("image", null)
          .containsEntry("name", "Still Pictures");
    }

    @Test
    void keepsUnknownAttributesInKeycloak() {
      SampleUser user = realm.add("With Attribute");
      AuthRows.Row before = realm.rows().user(user.id());
      realm.change(user.email(), rep -> rep.singleAttribute("team", "blue"));
      assertThat(realm.realm().user(user.email()).getAttributes())
          .containsEntry("team", List.of("blue"));
      assertThat(realm.rows().user(user.id())).isEqualTo(before);
    }

    @Test
    void disablesByASoftDeletionAndEnablesAgain() {
      SampleUser user = realm.add("Gone Forawhile");
      realm.change(user.email(), rep -> rep.setEnabled(false));
      assertThat(realm.rows().user(user.id()).columns().get("deleted_at")).isNotNull();
      assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isFalse();
      realm.change(user.email(), rep -> rep.setEnabled(true));
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("deleted_at", null);
      assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isTrue();
    }

    @Test
    void enablesAUserWhomBothALockoutAndADeletionDisabled() {
      SampleUser user = lockedOut();
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("deleted_at", null);
      realm.rows().write("update auth.users set deleted_at = now() where id = ?", user.id());
      realm.realm().realm().clearUserCache();
      realm.change(user.email(), rep -> rep.setEnabled(true));
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("deleted_at", null);
      assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isTrue();
    }

    private SampleUser lockedOut() {
      SampleUser user = realm.add("Often Guessed");
      var resource = realm.resource(user.email());
      realm
          .realm()
          .guessed(
              resource.toRepresentation().getId(),
              Collections.nCopies(2, () -> realm.signsIn(user.email(), "a-wrong-guess")));
      await("lockout")
          .atMost(Duration.ofMinutes(1))
          .until(() -> !resource.toRepresentation().isEnabled());
      return user;
    }
  }

  /** What Better Auth took without a question, and Keycloak's profile would not. */
  @Nested
  class AStoredValueThatTheProfileForbids {

    private final SampleUser user =
        new SampleUser(
            SampleUser.newId(),
            "Anna (Work) <Müller>",
            "o'brien+" + SampleUser.newId().toLowerCase(Locale.ROOT) + "@example.test",
            "user",
            "public",
            true,
            false,
            ScryptHash.of(WritableRealm.PASSWORD).stored(),
            null);

    AStoredValueThatTheProfileForbids() {
      realm.users().add(user);
      realm.rows().write("update auth.users set image = 'no uri' where id = ?", user.id());
    }

    @Test
    void isNotAskedForAtTheLogin() {
      assertThat(realm.signsIn(user.email(), WritableRealm.PASSWORD)).isTrue();
    }

    @Test
    void keepsNobodyFromChangingTheRest() {
      realm.change(user.email(), rep -> rep.setLastName("Meier"));
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("name", "Anna Meier")
          .containsEntry("image", "no uri");
      realm.change(user.email(), rep -> rep.setEmail("plain-" + user.id() + "@example.test"));
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("email", "plain-" + user.id().toLowerCase(Locale.ROOT) + "@example.test");
    }

    @Test
    void cannotBeTheNewValue() {
      assertThat(statusOf(user, rep -> rep.setFirstName("Anna (Home)"))).isEqualTo(400);
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("name", "Anna (Work) <Müller>");
    }
  }

  @Nested
  class AUser {

    @Test
    void changesNameAndEmailInTheAccountConsole() {
      SampleUser user = realm.add("Self Service");
      AccountApi account = account(user);
      Map<String, Object> profile = account.profile();
      assertThat(profile).containsEntry("firstName", "Self");
      profile.put("firstName", "My");
      profile.put("email", "Mine-" + user.email());
      profile.put("username", "Mine-" + user.email());
      HttpResponse<String> answer = account.save(profile);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("name", "My Service")
          .containsEntry("email", "mine-" + user.email())
          .containsEntry("email_verified", false);
    }

    /** Were the address written before that, one that nobody has proven would count as verified. */
    @Test
    void getsNoNewEmailThatCannotBeMarkedAsUnverified() {
      SampleUser user = realm.add("Self Service");
      TestServer.shared()
          .postgres()
          .execute(
              "writable_profile",
              """
              create function auth.refuse() returns trigger language plpgsql
                as $$ begin raise exception 'refused'; end $$;
              create trigger refuse before update on auth.users for each row
                when (new.id = '%s' and new.email_verified is distinct from old.email_verified)
                execute function auth.refuse()
              """
                  .formatted(user.id()));
      AccountApi account = account(user);
      Map<String, Object> profile = account.profile();
      profile.put("email", "victim-" + user.email());
      assertThat(account.save(profile).statusCode()).isEqualTo(503);
      assertThat(realm.rows().user(user.id()).columns())
          .containsEntry("email", user.email())
          .containsEntry("email_verified", true);
    }

    @Test
    void isToldInTheAccountConsoleThatAnEmailIsTaken() {
      SampleUser user = realm.add("Self Service");
      AccountApi account = account(user);
      Map<String, Object> profile = account.profile();
      profile.put("email", TAKEN);
      HttpResponse<String> answer = account.save(profile);
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body()).contains("emailExistsMessage");
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("email", user.email());
    }

    @Test
    void completesTheProfileAtTheLogin() {
      SampleUser user = realm.add("Once Asked");
      realm.change(user.email(), rep -> rep.setRequiredActions(List.of("UPDATE_PROFILE")));
      Browser browser = realm.browser();
      Browser.Stop form =
          browser.signIn(
              realm.realm().oidc().authUrl(TestRealm.APP, ""),
              user.email(),
              WritableRealm.PASSWORD);
      Browser.Stop taken =
          browser.submit(form, Map.of("firstName", "A", "lastName", "B", "email", TAKEN));
      assertThat(taken.page().text()).contains("Email already exists");
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("name", "Once Asked");
      Browser.Stop done =
          browser.submit(
              taken, Map.of("firstName", "Twice", "lastName", "Asked", "email", user.email()));
      assertThat(done.parameter("code")).as(done.body()).isNotEmpty();
      assertThat(realm.rows().user(user.id()).columns()).containsEntry("name", "Twice Asked");
    }

    private AccountApi account(SampleUser user) {
      return new AccountApi(
          realm.realm().oidc().realmUrl(), realm.accessToken(user.email(), WritableRealm.PASSWORD));
    }
  }

  private int statusOf(SampleUser user, Consumer<UserRepresentation> change) {
    WebApplicationException refused =
        catchThrowableOfType(
            WebApplicationException.class, () -> realm.change(user.email(), change));
    return refused == null ? 204 : refused.getResponse().getStatus();
  }

  private void allowDuplicateEmails(boolean allowed) {
    var representation = realm.realm().realm().toRepresentation();
    representation.setRegistrationEmailAsUsername(!allowed);
    representation.setLoginWithEmailAllowed(!allowed);
    representation.setDuplicateEmailsAllowed(allowed);
    realm.realm().realm().update(representation);
  }

  /** The columns that are none of a profile. */
  private static Map<String, @Nullable Object> unchanged(AuthRows.Row row) {
    Map<String, @Nullable Object> rest = new HashMap<>(row.columns());
    List.of("name", "email", "email_verified", "updated_at").forEach(rest::remove);
    assertThat(rest).containsKey("access_tier");
    return rest;
  }
}
