// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every user that Better Auth wrote signs in, or is refused, as the fixture says. */
@TestInstance(Lifecycle.PER_CLASS)
final class KnownUsersIT {

  /** Someone, what they type, and whether it is theirs. */
  record Attempt(Fixture.User user, String password, boolean right) {

    /** The password alone is not enough for a soft-deleted, an unverified or a 2FA user. */
    boolean entersApp() {
      return right && !user.deleted() && user.isVerified() && !user.twoFactor();
    }

    @Override
    public String toString() {
      return user.key() + (right ? " signs in" : " is refused") + " with " + password;
    }
  }

  private TestRealm realm;

  static Stream<Attempt> attempts() {
    return Fixture.known().users().stream()
        .flatMap(
            user ->
                Stream.of(
                        user.password() == null
                            ? new Attempt(user, "any-password", false)
                            : new Attempt(user, user.password(), true),
                        user.passwordAlt() == null
                            ? null
                            : new Attempt(user, user.passwordAlt(), true),
                        user.passwordNot() == null
                            ? null
                            : new Attempt(user, user.passwordNot(), false))
                    .filter(Objects::nonNull));
  }

  @BeforeAll
  void makeRealm() {
    realm = TestRealm.create(Map.of(), rep -> rep.setVerifyEmail(true));
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @MethodSource("attempts")
  void byDirectGrant(Attempt attempt) {
    HTTPResponse response =
        realm.oidc().password(TestRealm.APP, attempt.user().email(), attempt.password());
    if (attempt.entersApp()) {
      assertClaims(response, attempt.user());
    } else {
      assertThat(response.getStatusCode()).isBetween(400, 401);
      assertThat(Oidc.json(response)).containsEntry("error", "invalid_grant");
    }
  }

  @ParameterizedTest
  @MethodSource("attempts")
  void byBrowser(Attempt attempt) {
    Browser browser = new Browser(TestServer.shared().keycloak().baseUrl());
    Browser.Stop stop =
        browser.signIn(
            realm.oidc().authUrl(TestRealm.APP, ""), attempt.user().email(), attempt.password());
    if (attempt.entersApp()) {
      assertThat(stop.uri().getHost()).as(stop.body()).isEqualTo("app.test");
      assertClaims(realm.oidc().code(TestRealm.APP, stop.parameter("code")), attempt.user());
    } else {
      assertThat(stop.uri().getHost()).isEqualTo("127.0.0.1");
      assertThat(stop.parameter("code")).isEmpty();
      assertThat(stop.body()).doesNotContain(attempt.user().id());
    }
  }

  @Test
  void anEmailIsTypedInAnyCase() {
    Fixture.User user = Fixture.known().user("case");
    assertClaims(
        realm.oidc().password(TestRealm.APP, "Mixed.CASE+Tag@Example.TEST", user.knownPassword()),
        user);
  }

  private static void assertClaims(HTTPResponse response, Fixture.User user) {
    Map<String, Object> token = Oidc.claims(Oidc.tokens(response).getAccessToken());
    assertThat(token)
        .containsEntry("access_tier", user.tier())
        .containsEntry("sub", user.id())
        .containsEntry("role", user.role())
        .containsEntry("email", user.email())
        .containsEntry("email_verified", true)
        .containsEntry("name", user.name());
  }
}
