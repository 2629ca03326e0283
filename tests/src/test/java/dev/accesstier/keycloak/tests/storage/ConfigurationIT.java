// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.CreatedResponseUtil;
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
        "poolMaxSize|1|Pool size must be a whole number from 2 to 500",
        "poolMaxSize|many|Pool size must be a whole number",
        "queryTimeout|1|Query timeout must be a whole number from 100 to 60000",
        "searchTimeout|600001|Search timeout must be a whole number from 100 to 600000",
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
    assertRefused(
        Map.of("jdbcUrl", postgres.jdbcUrl("nowhere"), "username", "postgres"),
        "does not exist (schema auth in " + postgres.jdbcUrl("nowhere"));
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
        "has no column name, image, email_verified");
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

  /** In READ_ONLY mode nobody makes rows. */
  @Test
  void aRequiredColumnThatIsNotWrittenIsSaidAndNotSavedAsWritable() {
    String database = "required_column";
    Fixture.load(postgres.createDatabase(database));
    postgres.execute(
        database,
        """
        alter table auth.accounts add tenant text not null default '';
        alter table auth.accounts alter tenant drop default;
        alter table auth.users add shirt_size integer default 3 not null;
        """);
    Map<String, String> readOnly =
        Map.of("jdbcUrl", postgres.jdbcUrl(database), "username", PostgresServer.USER);
    Map<String, String> writable = new HashMap<>(readOnly);
    writable.put("editMode", "WRITABLE");

    assertRefused(
        writable,
        "Rows of \\\"auth.accounts\\\" need a value in tenant, which Keycloak does not write");
    try (TestRealm reading = TestRealm.create(readOnly, rep -> {})) {
      assertThat(reading.user("beta-user@example.test")).isNotNull();
    }
  }

  @Test
  void aColumnOfATypeThatCannotBeReadIsSaidAndNotSaved() {
    String database = "other_types";
    Fixture.load(postgres.createDatabase(database));
    postgres.execute(
        database,
        """
        create schema uuids;
        create table uuids.users (like auth.users);
        create table uuids.accounts (like auth.accounts);
        create table uuids.passwords (like auth.passwords);
        create table uuids.two_factor_auth (like auth.two_factor_auth);
        alter table uuids.users alter id type uuid using gen_random_uuid(),
          alter email_verified drop default,
          alter email_verified type timestamptz using now();
        """);

    assertRefused(
        Map.of(
            "jdbcUrl",
            postgres.jdbcUrl(database),
            "username",
            PostgresServer.USER,
            "schema",
            "uuids"),
        "columns that Keycloak cannot read: id is uuid and must be text, email_verified is"
            + " timestamp with time zone and must be boolean");
  }

  /** As drizzle makes them where nobody asks for a zone. */
  @Test
  void timesWithoutAZoneAreUtc() {
    String database = "zoneless";
    Fixture.load(postgres.createDatabase(database));
    postgres.execute(
        database,
        """
        alter table auth.users alter created_at type timestamp using timestamp '2020-02-02 12:00',
          alter updated_at type timestamp, alter deleted_at type timestamp;
        alter table auth.accounts alter created_at type timestamp, alter updated_at type timestamp;
        alter table auth.two_factor_auth alter created_at type timestamp;
        """);
    try (TestRealm zoneless =
        TestRealm.create(
            Map.of("jdbcUrl", postgres.jdbcUrl(database), "username", PostgresServer.USER),
            rep -> {})) {
      assertThat(zoneless.user("beta-user@example.test").getCreatedTimestamp())
          .isEqualTo(Instant.parse("2020-02-02T12:00:00Z").toEpochMilli());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"staging-better-auth", "better-auth-users-of-29-chars", "22 characters.exactly!"})
  void aNewComponentWithAnIdThatKeycloakWarnsOfIsNotSaved(String id) {
    ComponentRepresentation component = realm.component();
    component.setId(id);
    try (Response response = realm.realm().components().add(component)) {
      assertThat(response.getStatus()).isEqualTo(400);
      assertThat(response.readEntity(String.class)).contains("must be 22 characters");
    }
  }

  /** As the console makes it, and as a tool does that knows of no caches. */
  @ParameterizedTest
  @ValueSource(strings = {"", "DEFAULT", "NO_CACHE"})
  void aNewComponentCachesUsersForAMinuteUnlessItSaysOtherwise(String policy) {
    ComponentRepresentation component = realm.component();
    component.setId(null);
    component.getConfig().remove("maxLifespan");
    component.getConfig().remove("cachePolicy");
    if (!policy.isEmpty()) {
      component.getConfig().putSingle("cachePolicy", policy);
    }
    String id;
    try (Response response = realm.realm().components().add(component)) {
      assertThat(response.getStatus()).isEqualTo(201);
      id = CreatedResponseUtil.getCreatedId(response);
    }
    var config = realm.realm().components().component(id).toRepresentation().getConfig();
    realm.realm().components().component(id).remove();
    assertThat(id).hasSize(22);
    assertThat(config.getFirst("cachePolicy"))
        .isEqualTo(policy.equals("NO_CACHE") ? policy : "MAX_LIFESPAN");
    assertThat(config.getFirst("maxLifespan"))
        .isEqualTo(policy.equals("NO_CACHE") ? null : "60000");
  }

  @Test
  void aLifespanThatCanOnlyBeAMistakeIsSaidAndNotSaved() {
    assertRefused(Map.of("maxLifespan", "60"), "Max lifespan is in milliseconds");
    assertRefused(Map.of("maxLifespan", ""), "Max lifespan is in milliseconds");
    realm.configure(Map.of("maxLifespan", "1000"));
    realm.configure(Map.of("maxLifespan", "60000"));
  }

  /** What its page sends, whatever was changed on it. */
  @Test
  void theFirstCharacterOfACacheSettingIsTheConsolesMistake() {
    realm.configure(Map.of("maxLifespan", "6"));
    assertThat(realm.component().getConfig().getFirst("maxLifespan")).isEqualTo("60000");

    realm.configure(
        Map.of("cachePolicy", "EVICT_DAILY", "evictionHour", "17", "evictionMinute", "5"));
    realm.configure(Map.of("evictionHour", "1", "evictionMinute", "5"));
    assertThat(realm.component().getConfig().getFirst("evictionHour")).isEqualTo("17");
    realm.configure(Map.of("evictionHour", "1", "evictionMinute", "0"));
    assertThat(realm.component().getConfig().getFirst("evictionHour")).isEqualTo("1");
    realm.configure(Map.of("cachePolicy", "MAX_LIFESPAN"));
  }

  @Test
  void aDisabledComponentIsCheckedForFormOnly() {
    realm.configure(Map.of("enabled", "false", "jdbcUrl", "jdbc:postgresql://127.0.0.1:1/nowhere"));
    assertThat(realm.component().getConfig().getFirst("enabled")).isEqualTo("false");
    assertRefused(Map.of("poolMaxSize", "1"), "Pool size");
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

  /** As an option of the server does that is changed to something wrong after the saving. */
  @Test
  void aFormThatIsWrongByNowIsAnOutage() {
    try (TestRealm broken = TestRealm.create(Map.of("queryTimeout", "1500"), rep -> {})) {
      String id = broken.user("beta-user@example.test").getId();
      postgres.execute(
          "keycloak",
          "update component_config set value = 'soon' where name = 'queryTimeout' and component_id = '"
              + broken.componentId()
              + "'");
      broken.realm().clearRealmCache();

      var login = broken.oidc().password(TestRealm.APP, "beta-user@example.test", "password");
      var credentials =
          catchThrowableOfType(
              WebApplicationException.class, () -> broken.realm().users().get(id).credentials());

      assertThat(login.getStatusCode()).isEqualTo(503);
      assertThat(credentials.getResponse().getStatus()).isEqualTo(503);
      assertThat(TestServer.shared().keycloak().log())
          .contains("cannot be used: Query timeout must be a whole number");
    }
  }

  @Test
  void secretsAreNotGivenBack() {
    realm.configure(
        Map.of(
            "username",
            PostgresServer.USER,
            "password",
            "not-for-eyes",
            "betterAuthSecret",
            Fixture.known().secret()));
    var config = realm.component().getConfig();
    assertThat(config.getFirst("password")).isEqualTo("**********");
    assertThat(config.getFirst("betterAuthSecret")).isEqualTo("**********");
    realm.configure(Map.of("username", "", "password", "", "betterAuthSecret", ""));
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
