// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.CredentialRepresentation;

/** What Keycloak writes, Better Auth goes by. */
final class WrittenHereIT {

  @BesideEachVersion
  void aPasswordSetByAnAdminIsTheOneThere(SideBySide both) {
    Member member = both.member("Before-admin-1");
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue("After-admin-2");

    both.userHere(member.email()).resetPassword(password);

    assertThat(both.signInThere(member.email(), "After-admin-2")).isEqualTo(200);
    assertThat(both.signInThere(member.email(), "Before-admin-1")).isEqualTo(401);
    assertThat(both.refusedHere(member.email(), "Before-admin-1")).isTrue();
  }

  @BesideEachVersion
  void aPasswordChangedByItsOwnerIsTheOneThere(SideBySide both) {
    Member member = both.member("Before-change-1");
    String old = member.password();
    for (String password : SideBySide.PASSWORDS) {
      Browser browser = both.browser();
      Stop form =
          browser.signIn(
              both.here().oidc().authUrl(TestRealm.APP, "&kc_action=UPDATE_PASSWORD"),
              member.email(),
              old);
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("password-new", password);
      fields.put("password-confirm", password);
      assertThat(browser.submit(form, fields).parameter("code")).as(form.body()).isNotEmpty();

      assertThat(both.signInThere(member.email(), password)).as(password).isEqualTo(200);
      assertThat(both.signInThere(member.email(), old)).as(old).isEqualTo(401);
      old = password;
    }
  }

  @BesideEachVersion
  void nameAndEmailAreChangedThere(SideBySide both) {
    Member member = both.member("Renamed-11");
    String moved = SideBySide.newEmail();

    both.change(
        member.email(),
        user -> {
          user.setFirstName("Zoë");
          user.setLastName("van der Berg");
          user.setEmail(moved);
        });

    assertThat(member.there().user().path("name").asText()).isEqualTo("Zoë van der Berg");
    assertThat(member.there().user().path("email").asText()).isEqualTo(moved);
    assertThat(both.signInThere(moved, member.password())).isEqualTo(200);
    assertThat(both.signInThere(member.email(), member.password())).isEqualTo(401);
  }

  /** Better Auth tells an unverified user so only after the right password. */
  @BesideEachVersion
  void whoRegistersSignsInThere(SideBySide both) {
    String email = SideBySide.newEmail();
    String password = "Registered-here-1";
    Browser browser = both.browser();
    Stop form =
        browser.open(
            both.here()
                .oidc()
                .authUrl(TestRealm.APP, "")
                .replace("/openid-connect/auth?", "/openid-connect/registrations?"));
    browser.submit(
        form,
        Map.of(
            "email", email,
            "firstName", "Neo",
            "lastName", "Phyte",
            "password", password,
            "password-confirm", password));
    assertThat(both.there().visitor().signIn(email, password).code())
        .isEqualTo("EMAIL_NOT_VERIFIED");

    both.change(email, user -> user.setEmailVerified(true));

    BetterAuthClient there = both.there().visitor();
    assertThat(there.signIn(email, password).status()).isEqualTo(200);
    assertThat(there.user().path("name").asText()).isEqualTo("Neo Phyte");
    assertThat(there.user().path("role").asText()).isEqualTo("user");
    assertThat(there.user().path("accessTier").asText()).isEqualTo("public");
    assertThat(both.claimsHere(email, password))
        .containsEntry("sub", there.user().path("id").asText());

    assertThat(there.changePassword(password, "Changed-there-2").status()).isEqualTo(200);
    assertThat(both.refusedHere(email, password)).isTrue();
    both.claimsHere(email, "Changed-there-2");
  }

  /** Better Auth itself cannot check either of these hashes. */
  @BesideEachVersion
  void aBcryptPasswordIsOneForBetterAuthAfterALoginHere(SideBySide both) {
    for (String key : List.of("legacy-bcrypt-in-accounts", "legacy-passwords-table")) {
      Fixture.User user = Fixture.known().user(key);
      assertThat(both.signInThere(user.email(), user.knownPassword())).as(key).isNotEqualTo(200);

      both.claimsHere(user.email(), user.knownPassword());

      assertThat(both.signInThere(user.email(), user.knownPassword())).as(key).isEqualTo(200);
    }
  }

  /** It goes on signing the user in: {@code deleted_at} is no column of its own. */
  @BesideEachVersion
  void softDeletionIsNotSeenThere(SideBySide both) {
    Member member = both.member("Softly-deleted-1");

    both.delete(member.email());

    assertThat(both.refusedHere(member.email(), member.password())).isTrue();
    assertThat(both.signInThere(member.email(), member.password())).isEqualTo(200);
    assertThat(both.refusedHere(member.email(), member.password())).isTrue();
  }

  @BesideEachVersion
  void whoIsDeletedIsGoneThere(SideBySide both) {
    Member member = both.member("Deleted-11");
    both.here().configure(Map.of("deleteMode", "HARD"));
    try {
      both.delete(member.email());
    } finally {
      both.here().configure(Map.of("deleteMode", "SOFT"));
    }
    assertThat(member.there().isSignedIn()).isFalse();
    assertThat(both.signInThere(member.email(), member.password())).isEqualTo(401);
    assertThat(both.there().visitor().signUp(member.email(), "Again-there-1", "Ag Ain").status())
        .isEqualTo(200);
  }
}
