// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.interop.SideBySide.Member;
import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.util.Map;
import org.keycloak.representations.idm.CredentialRepresentation;

/** Who is signed in there is signed in here, and whoever ends it ends it on both sides. */
final class SessionBesideIT {

  private static final String PASSWORD = "Signed-in-there-1";

  @BesideEachVersion
  void aSessionThereSignsInHere(SideBySide both) {
    Member member = both.member(PASSWORD);

    Stop stop = openApp(both, member.there().cookie(BetterAuthClient.SESSION_COOKIE));

    assertThat(stop.parameter("code")).as(stop.body()).isNotEmpty();
    assertThat(
            Oidc.claims(
                Oidc.tokens(both.here().oidc().code(TestRealm.APP, stop.parameter("code")))
                    .getAccessToken()))
        .containsEntry("sub", member.id());
    assertThat(member.there().isSignedIn()).isTrue();
  }

  @BesideEachVersion
  void aSessionThatEndedThereDoesNot(SideBySide both) {
    Member member = both.member(PASSWORD);
    String cookie = member.there().cookie(BetterAuthClient.SESSION_COOKIE);
    assertThat(member.there().post("/sign-out", Map.of()).status()).isEqualTo(200);

    assertThat(isAskedForPassword(openApp(both, cookie))).isTrue();
  }

  @BesideEachVersion
  void sessionsRevokedThereDoNot(SideBySide both) {
    Member member = both.member(PASSWORD);
    String cookie = member.there().cookie(BetterAuthClient.SESSION_COOKIE);
    assertThat(member.there().post("/revoke-sessions", Map.of()).status()).isEqualTo(200);

    assertThat(isAskedForPassword(openApp(both, cookie))).isTrue();
  }

  @BesideEachVersion
  void signingOutEverywhereHereEndsItThere(SideBySide both) {
    Member member = both.member(PASSWORD);
    String cookie = member.there().cookie(BetterAuthClient.SESSION_COOKIE);

    both.userHere(member.email()).logout();

    assertThat(member.there().isSignedIn()).isFalse();
    assertThat(isAskedForPassword(openApp(both, cookie))).isTrue();
    assertThat(both.signInThere(member.email(), PASSWORD)).as("a new one begins").isEqualTo(200);
  }

  @BesideEachVersion
  void aPasswordChangedHereEndsItThere(SideBySide both) {
    Member member = both.member(PASSWORD);
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue("Changed-here-2");

    both.userHere(member.email()).resetPassword(password);

    assertThat(member.there().isSignedIn()).isFalse();
  }

  @BesideEachVersion
  void disablingAUserHereEndsItThere(SideBySide both) {
    Member member = both.member(PASSWORD);

    both.change(member.email(), user -> user.setEnabled(false));

    assertThat(member.there().isSignedIn()).isFalse();
  }

  private static Stop openApp(SideBySide both, String cookie) {
    assertThat(cookie).isNotEmpty();
    return both.browser()
        .bringing(BetterAuthClient.SESSION_COOKIE, cookie)
        .open(both.here().oidc().authUrl(TestRealm.APP, ""));
  }

  private static boolean isAskedForPassword(Stop stop) {
    return stop.page().selectFirst("input[name=password]") != null;
  }
}
