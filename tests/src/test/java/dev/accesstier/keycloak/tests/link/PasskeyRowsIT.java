// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.representations.idm.CredentialRepresentation;

/** Rows of {@code passkeys} as they may be found: whole, broken, or not to be read at all. */
@TestInstance(Lifecycle.PER_CLASS)
class PasskeyRowsIT {

  private static final Fixture.User USER = Fixture.known().user("passkey");
  private static final String OWN = "passkey_rows";

  private final PostgresServer postgres = TestServer.shared().postgres();
  private TestRealm realm;

  @BeforeAll
  void makeRealm() {
    Fixture.load(postgres.createDatabase(OWN));
    realm = TestRealm.create(connection(OWN, PostgresServer.USER), rep -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void theConsoleListsThem() {
    assertThat(passkeys(realm))
        .extracting(CredentialRepresentation::getUserLabel)
        .containsExactlyInAnyOrder("MacBook Touch ID", null, "Plugin-Format");
    assertThat(passkeys(realm)).allSatisfy(one -> assertThat(one.getSecretData()).isNull());
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "credential_id | '' | it has no credential id",
        "credential_id | 'no/base64url?' | its credential id is not base64url",
        "public_key | '' | its public key cannot be read",
        "public_key | '***' | its public key cannot be read",
        "public_key | 'AAAA' | its public key cannot be read",
        "public_key | 'oA' | its public key cannot be read",
        "public_key | 'pQECAyYgASFYIDRt' | its public key cannot be read",
        "counter | -1 | its counter is negative"
      })
  void aBrokenOneIsLeftOutAndTheOthersStay(String column, String value, String reason) {
    String id = USER.knownPasskeys().get(0).id();
    postgres.execute(OWN, "create table saved as table auth.passkeys");
    int before = TestServer.shared().keycloak().log().length();
    try {
      postgres.execute(
          OWN, "update auth.passkeys set %s = %s where id = '%s'".formatted(column, value, id));

      assertThat(passkeys(realm))
          .extracting(CredentialRepresentation::getUserLabel)
          .containsExactlyInAnyOrder(null, "Plugin-Format");
      assertThat(TestServer.shared().keycloak().log().substring(before).lines())
          .filteredOn(line -> line.contains(id))
          .singleElement()
          .asString()
          .contains(reason)
          .doesNotContain("***");
    } finally {
      postgres.execute(
          OWN,
          "delete from auth.passkeys; insert into auth.passkeys table saved; drop table saved");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {"'{\"a\": 1}'", "'7'", "'\"usb,nfc\"'", "'[1, null, \"usb\"]'", "null"})
  void oddTransportsAreNoObstacle(String json) {
    postgres.execute(OWN, "create table saved as table auth.passkeys");
    try {
      postgres.execute(OWN, "update auth.passkeys set transports = " + json);
      assertThat(passkeys(realm)).hasSize(3);
    } finally {
      postgres.execute(
          OWN,
          "delete from auth.passkeys; insert into auth.passkeys table saved; drop table saved");
    }
  }

  /** Everybody else signs in as before, and so does the one who has passkeys. */
  @Test
  void aSchemaWithoutTheTableServesEverythingElse() {
    Fixture.load(postgres.createDatabase("without_passkeys"));
    postgres.execute("without_passkeys", "drop table auth.passkeys");
    servesPasswords(connection("without_passkeys", PostgresServer.USER));
  }

  @Test
  void aRoleThatMayNotReadTheTableServesEverythingElse() {
    Fixture.load(postgres.createDatabase("hidden_passkeys"));
    postgres.execute(
        "hidden_passkeys",
        """
        create role without_passkeys login;
        grant usage on schema auth to without_passkeys;
        grant select on auth.users, auth.accounts, auth.passwords, auth.two_factor_auth
          to without_passkeys;
        """);
    servesPasswords(connection("hidden_passkeys", "without_passkeys"));
  }

  private static void servesPasswords(Map<String, String> connection) {
    try (TestRealm other = TestRealm.create(connection, rep -> {})) {
      Oidc.tokens(other.oidc().password(TestRealm.APP, USER.email(), USER.knownPassword()));
      assertThat(passkeys(other)).isEmpty();
      assertThat(TestServer.shared().keycloak().log()).contains("Works without passkeys");
    }
  }

  private static List<CredentialRepresentation> passkeys(TestRealm realm) {
    return realm.realm().users().get(realm.user(USER.email()).getId()).credentials().stream()
        .filter(one -> one.getType().equals("webauthn-passwordless"))
        .toList();
  }

  private Map<String, String> connection(String database, String username) {
    return Map.of("jdbcUrl", postgres.jdbcUrl(database), "username", username);
  }
}
