// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.representations.idm.ComponentRepresentation;

/** What an admin is told when the component cannot be saved as it is; and that nothing is saved. */
@TestInstance(Lifecycle.PER_CLASS)
final class ConfigurationIT {

  private static final String OTHER = "configuration";

  private final PostgresServer postgres = TestServer.shared().postgres();
  private TestRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = TestRealm.create();
    Fixture.load(postgres.createDatabase(OTHER));
    postgres.execute(
        OTHER,
        """
        create schema incomplete;
        create table incomplete.users (id text, email text);
        create table incomplete.accounts (id text);
        create role stranger login;
        create role without_factors login;
        grant usage on schema auth to without_factors;
        grant select on auth.users, auth.accounts, auth.passwords to without_factors;
        create role reader login;
        grant usage on schema auth to reader;
        grant select on all tables in schema auth to reader;
        """);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbcUrl|jdbc:mysql://db/app|JDBC URL has the wrong form",
        "schema|Auth;drop|Schema has the wrong form",
        "poolMaxSize|0|Pool size must be a whole number from 1 to 500",
        "poolMaxSize|many|Pool size must be a whole number",
        "queryTimeout|1|Query timeout must be a whole number from 100 to 60000",
        "editMode|SOMETIMES|Edit mode must be one of",
        "deleteMode|NEVER|Delete mode must be one of",
        "tierEditable|maybe|Tier editable must be true or false",
        "providerAliases|google|Provider aliases has the wrong form",
        "betterAuthSecret|2:new,2:old|Better Auth secret has the wrong form: it gives a version",
      })
  void aWrongFormIsSaidAndNotSaved(String option, String value, String message) {
    assertRefused(Map.of(option, value), message);
  }

  /** Its role {@code admin} is the server's admin. */
  @Test
  void theRealmOfTheServersAdminsTakesNone() {
    ComponentRepresentation component = realm.component();
    component.setId(null);
    component.setParentId(null);
    try (Response refused =
        TestServer.shared().admin().realm("master").components().add(component)) {
      assertThat(refused.getStatus()).isEqualTo(400);
      assertThat(refused.readEntity(String.class)).contains("is for the admins of the server");
    }
  }

  @Test
  void aHostThatDoesNotAnswerIsSaidAndNotSaved() {
    assertRefused(Map.of("jdbcUrl", "jdbc:postgresql://127.0.0.1:1/nowhere"), "127.0.0.1:1");
  }

  @Test
  void aMissingDatabaseIsSaidAndNotSaved() {
    assertRefused(Map.of("jdbcUrl", postgres.jdbcUrl("nowhere")), "nowhere");
  }

  @Test
  void aMissingSchemaIsSaidAndNotSaved() {
    assertRefused(
        Map.of("jdbcUrl", postgres.jdbcUrl(OTHER), "username", "postgres", "schema", "elsewhere"),
        "elsewhere");
  }

  @Test
  void aMissingColumnIsSaidAndNotSaved() {
    assertRefused(
        Map.of("jdbcUrl", postgres.jdbcUrl(OTHER), "username", "postgres", "schema", "incomplete"),
        "has no column name, email_verified");
  }

  @Test
  void aRoleThatMayNotReadIsSaidAndNotSaved() {
    assertRefused(
        Map.of("jdbcUrl", postgres.jdbcUrl(OTHER), "username", "stranger"),
        "may not read \\\"auth.users\\\"");
  }

  @Test
  void aRoleThatMayNotReadSecondFactorsIsSaidAndNotSaved() {
    assertRefused(
        Map.of("jdbcUrl", postgres.jdbcUrl(OTHER), "username", "without_factors"),
        "may not read \\\"auth.two_factor_auth\\\"");
  }

  @Test
  void aSecretThatDecryptsNoSecondFactorIsSaidAndNotSaved() {
    String wrong = "not the secret of that service";
    assertRefused(Map.of("betterAuthSecret", wrong), "does not decrypt the second factors");
    assertRefused(
        Map.of("betterAuthSecret", "2:" + wrong + ",1:" + Fixture.known().secret()),
        "does not decrypt the second factors");
  }

  @Test
  void theRightSecretIsSavedBesideVersionsToo() {
    String right = Fixture.known().secret();
    realm.configure(Map.of("betterAuthSecret", right));
    realm.configure(Map.of("betterAuthSecret", "1:not-in-use-yet," + right));
    realm.configure(Map.of("betterAuthSecret", ""));
  }

  @Test
  void aRoleThatMayNotWriteIsSaidAndNotSavedAsWritable() {
    Map<String, String> reader =
        Map.of("jdbcUrl", postgres.jdbcUrl(OTHER), "username", "reader", "editMode", "WRITABLE");
    assertRefused(
        reader, "may not write \\\"auth\\\".\\\"users\\\": grant it insert, update, delete");
  }

  @Test
  void aDisabledComponentIsCheckedForFormOnly() {
    realm.configure(Map.of("enabled", "false", "jdbcUrl", "jdbc:postgresql://127.0.0.1:1/nowhere"));
    assertThat(realm.component().getConfig().getFirst("enabled")).isEqualTo("false");
    assertRefused(Map.of("poolMaxSize", "0"), "Pool size");
    realm.configure(Map.of("enabled", "true", "jdbcUrl", ""));
    assertThat(realm.user("beta-user@example.test")).isNotNull();
  }

  @Test
  void aNewComponentWithAWrongConnectionIsNotSaved() {
    ComponentRepresentation component = realm.component();
    component.setId(null);
    component.setName("Second");
    component.getConfig().putSingle("jdbcUrl", "jdbc:postgresql://127.0.0.1:1/nowhere");
    try (Response response = realm.realm().components().add(component)) {
      assertThat(response.getStatus()).isEqualTo(400);
    }
    assertThat(realm.realm().components().query(null, "org.keycloak.storage.UserStorageProvider"))
        .hasSize(1);
  }

  /** As {@code --import-realm} does it; the first login says what is wrong. */
  @Test
  void anImportNeedsNoDatabase() {
    Map<String, String> gone = Map.of("jdbcUrl", "jdbc:postgresql://127.0.0.1:1/nowhere");
    try (TestRealm imported = TestRealm.create(gone, rep -> {})) {
      assertThat(imported.component().getConfig().getFirst("jdbcUrl")).contains("127.0.0.1:1");
      assertThat(
              imported.oidc().password(TestRealm.APP, "a@example.test", "password").getStatusCode())
          .isEqualTo(503);
    }
  }

  @Test
  void secretsAreNotGivenBack() {
    realm.configure(
        Map.of("password", "not-for-eyes", "betterAuthSecret", Fixture.known().secret()));
    var config = realm.component().getConfig();
    assertThat(config.getFirst("password")).isEqualTo("**********");
    assertThat(config.getFirst("betterAuthSecret")).isEqualTo("**********");
    realm.configure(Map.of("password", "", "betterAuthSecret", ""));
  }

  private void assertRefused(Map<String, String> changes, String message) {
    var before = realm.component().getConfig();
    BadRequestException refused =
        catchThrowableOfType(BadRequestException.class, () -> realm.configure(changes));
    assertThat(refused).as("%s was saved", changes).isNotNull();
    String body = refused.getResponse().readEntity(String.class);
    assertThat(body).contains(message).doesNotContain("Exception");
    assertThat(realm.component().getConfig()).isEqualTo(before);
  }
}
