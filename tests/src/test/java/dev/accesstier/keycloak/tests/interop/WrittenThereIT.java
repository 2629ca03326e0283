// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import java.util.Map;

/** What Better Auth and the database's owner write, Keycloak goes by. */
final class WrittenThereIT {

  @BesideEachVersion
  void whoSignsUpThereSignsInHere(SideBySide both) {
    for (String password : SideBySide.PASSWORDS) {
      Member member = both.member(password);
      assertThat(both.claimsHere(member.email(), password))
          .containsEntry("sub", member.id())
          .containsEntry("email", member.email())
          .containsEntry("name", "Mara Member")
          .containsEntry("role", "user")
          .containsEntry("access_tier", "public");
      assertThat(both.refusedHere(member.email(), password + "!")).isTrue();
    }
  }

  @BesideEachVersion
  void whoHasNotVerifiedTheEmailThereIsRefusedHereUntilThen(SideBySide both) {
    BetterAuthClient visitor = both.there().visitor();
    String email = SideBySide.newEmail();
    visitor.signUp(email, "Not-verified-1", "Uta Unverified");
    assertThat(both.signInThere(email, "Not-verified-1")).isEqualTo(403);
    assertThat(both.refusedHere(email, "Not-verified-1")).isTrue();

    visitor.open(visitor.mailed("verify-email", email));

    await().until(() -> !both.refusedHere(email, "Not-verified-1"));
  }

  @BesideEachVersion
  void aPasswordChangedThereCountsHereAtOnce(SideBySide both) {
    Member member = both.member("Before-change-1");
    both.claimsHere(member.email(), "Before-change-1");

    assertThat(member.there().changePassword("Before-change-1", "After-change-2").status())
        .isEqualTo(200);

    both.claimsHere(member.email(), "After-change-2");
    assertThat(both.refusedHere(member.email(), "Before-change-1")).isTrue();
  }

  @BesideEachVersion
  void aPasswordResetThereCountsHereAtOnce(SideBySide both) {
    Member member = both.member("Before-reset-1");
    BetterAuthClient visitor = both.there().visitor();
    visitor.post("/request-password-reset", Map.of("email", member.email()));
    String link = visitor.mailed("reset-password", member.email());
    String token = link.replaceAll(".*/reset-password/([^?]+).*", "$1");

    assertThat(
            visitor
                .post("/reset-password", Map.of("token", token, "newPassword", "After-reset-2"))
                .status())
        .isEqualTo(200);

    both.claimsHere(member.email(), "After-reset-2");
    assertThat(both.refusedHere(member.email(), "Before-reset-1")).isTrue();
  }

  @BesideEachVersion
  void tierAndRoleChangedInTheTableCountOnBothSides(SideBySide both) {
    Member member = both.member("Promoted-1");
    both.claimsHere(member.email(), member.password());

    both.sql(
        "update auth.users set access_tier = 'alpha', role = 'admin' where id = '%s'"
            .formatted(member.id()));

    assertThat(member.there().user().path("accessTier").asText()).isEqualTo("alpha");
    assertThat(member.there().user().path("role").asText()).isEqualTo("admin");
    assertThat(both.claimsHere(member.email(), member.password()))
        .containsEntry("access_tier", "alpha");
    await()
        .untilAsserted(
            () ->
                assertThat(both.claimsHere(member.email(), member.password()))
                    .containsEntry("role", "admin"));
  }

  @BesideEachVersion
  void nameAndEmailChangedThereAreSeenHere(SideBySide both) {
    Member member = both.member("Renamed-11");
    both.claimsHere(member.email(), member.password());
    String moved = SideBySide.newEmail();

    member
        .there()
        .post("/update-user", Map.of("name", "Zoë van der Berg", "image", "https://i.test/z"));
    member.there().post("/change-email", Map.of("newEmail", moved));
    member.there().open(member.there().mailed("verify-email", moved));

    await()
        .untilAsserted(
            () ->
                assertThat(both.claimsHere(moved, member.password()))
                    .containsEntry("sub", member.id())
                    .containsEntry("email", moved)
                    .containsEntry("email_verified", true)
                    .containsEntry("name", "Zoë van der Berg"));
    assertThat(both.refusedHere(member.email(), member.password())).isTrue();
  }

  @BesideEachVersion
  void whoIsDeletedThereIsGoneHere(SideBySide both) {
    Member member = both.member("Deleted-11");
    both.claimsHere(member.email(), member.password());

    assertThat(member.there().post("/delete-user", Map.of("password", member.password())).status())
        .isEqualTo(200);

    assertThat(both.refusedHere(member.email(), member.password())).isTrue();
    await().until(() -> both.here().realm().users().searchByEmail(member.email(), true).isEmpty());
  }
}
