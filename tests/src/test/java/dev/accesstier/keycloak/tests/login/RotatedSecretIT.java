// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Browser.Stop;
import dev.accesstier.keycloak.tests.support.Fixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Of several secrets the first signs cookies, as at Better Auth; the others only decrypt. */
@TestInstance(Lifecycle.PER_CLASS)
final class RotatedSecretIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");
  private static final String NEW = "the-new-secret-of-the-same-service";
  private static final String OLD = "the-secret-that-was-before-the-new";

  /** What encrypted the second factors of the fixture, before there were versions. */
  private static final String UNVERSIONED = Fixture.known().secret();

  private LoginRealm realm;
  private String token;

  @BeforeAll
  void makeRealm() {
    realm = LoginRealm.create("READ_ONLY");
    token = realm.session(BETA, "1 hour");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void theCurrentOneSignsIn() {
    secrets("2:" + NEW + ",1:" + OLD + "," + UNVERSIONED);
    assertSignedIn(NEW);
  }

  @Test
  void theOthersDoNot() {
    secrets("2:" + NEW + ",1:" + OLD + "," + UNVERSIONED);
    for (String earlier : List.of(OLD, UNVERSIONED)) {
      assertAskedForPassword(earlier);
    }
  }

  @Test
  void theFirstOneIsCurrentWhateverItsVersion() {
    secrets("1:" + OLD + ",2:" + NEW + "," + UNVERSIONED);
    assertSignedIn(OLD);
    assertAskedForPassword(NEW);
  }

  @Test
  void withoutVersionsTheOnlyOneSignsIn() {
    secrets(UNVERSIONED);
    assertSignedIn(UNVERSIONED);
    assertAskedForPassword(NEW);
  }

  private void secrets(String value) {
    realm.realm.configure(Map.of("betterAuthSecret", value));
  }

  private Stop open(String secret) {
    return realm.openApp(
        realm.browser().bringing(LoginRealm.COOKIE, LoginRealm.cookie(token, secret)));
  }

  private void assertSignedIn(String secret) {
    Stop stop = open(secret);
    assertThat(stop.parameter("code")).as(stop.body()).isNotEmpty();
  }

  private void assertAskedForPassword(String secret) {
    assertThat(open(secret).page().selectFirst("[name=password]")).as(secret).isNotNull();
  }
}
