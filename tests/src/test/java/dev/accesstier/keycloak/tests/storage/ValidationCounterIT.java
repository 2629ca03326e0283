// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.ScrapedMetrics;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** Keycloak's own counter of verified passwords tells of those of the schema. */
@TestInstance(Lifecycle.PER_CLASS)
final class ValidationCounterIT {

  private static final String COUNTER = "keycloak_credentials_password_hashing_validations_total";

  private TestRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = TestRealm.create(Map.of("upgradeBcrypt", "false"), rep -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void byAlgorithmStrengthAndOutcomeBesideThoseOfKeycloaksOwnUsers() {
    Fixture.User scrypt = Fixture.known().user("beta-user");
    Fixture.User bcrypt = Fixture.known().user("legacy-passwords-table");
    addOwnUser();

    signIn(scrypt.email(), scrypt.knownPassword());
    signIn(scrypt.email(), "a wrong password");
    signIn(bcrypt.email(), bcrypt.knownPassword());
    signIn("own@keycloak.test", "a-password-of-its-own");
    signIn("nobody@example.test", "whatever it is");

    assertThat(counted("scrypt", "16384,16,1", "valid")).isEqualTo(1);
    assertThat(counted("scrypt", "16384,16,1", "invalid")).isEqualTo(1);
    assertThat(counted("bcrypt", "12", "valid")).isEqualTo(1);
    assertThat(lines()).anyMatch(line -> line.contains("algorithm=\"argon2\""));
    assertThat(lines()).hasSize(4);
  }

  private void addOwnUser() {
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue("a-password-of-its-own");
    UserRepresentation own = new UserRepresentation();
    own.setUsername("own@keycloak.test");
    own.setEmail("own@keycloak.test");
    own.setFirstName("Own");
    own.setEmailVerified(true);
    own.setEnabled(true);
    own.setCredentials(List.of(password));
    // The schema is read-only here, so Keycloak keeps the user itself.
    realm.realm().users().create(own).close();
  }

  private void signIn(String email, String password) {
    assertThat(realm.oidc().password(TestRealm.APP, email, password).getStatusCode())
        .isIn(200, 400, 401);
  }

  private double counted(String algorithm, String strength, String outcome) {
    return metrics()
        .sum(
            COUNTER,
            realmTag(),
            "algorithm=\"" + algorithm + '"',
            "hashing_strength=\"" + strength + '"',
            "outcome=\"" + outcome + '"');
  }

  private List<String> lines() {
    return metrics().of(COUNTER, realmTag());
  }

  private String realmTag() {
    return "realm=\"" + realm.name() + '"';
  }

  private static ScrapedMetrics metrics() {
    return new ScrapedMetrics(TestServer.shared().keycloak());
  }
}
