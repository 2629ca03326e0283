// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * Whoever manages one realm and nothing else learns neither the server's password nor one that
 * another admin has given, whatever place the component is led to.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class OwnConnectionIT {

  private static final String SERVERS_USER = "accounts_of_the_server";
  private static final String SERVERS_PASSWORD = "password-of-the-server";
  private static final String SERVERS_SECRET = "better-auth-secret-of-the-server";
  private static final String GIVEN = "password-of-the-component";
  private static final String MANAGER = "manager@example.test";
  private static final String MASK = "**********";

  private final PostgresServer postgres = TestServer.shared().postgres();
  private final PasswordTrap trap = new PasswordTrap();
  private KeycloakServer server;
  private Keycloak master;
  private TestRealm realm;
  private Keycloak manager;
  private RealmResource managed;

  @BeforeAll
  void start() {
    postgres.createDatabase("keycloak_own_connection");
    Fixture.load(postgres.createDatabase("own_connection"));
    postgres.execute(
        "own_connection",
        "create role own_reader login; grant usage on schema auth to own_reader;"
            + " grant select on all tables in schema auth to own_reader");
    server =
        KeycloakServer.start(
            TestServer.folder("own-connection"),
            KeycloakOptions.defaults()
                .provider(TestServer.jar())
                .database(postgres, "keycloak_own_connection")
                .argument(
                    "--spi-storage--auth-schema--jdbc-url=" + postgres.jdbcUrl("own_connection"))
                .variable("KC_SPI_STORAGE__AUTH_SCHEMA__USERNAME", SERVERS_USER)
                .variable("KC_SPI_STORAGE__AUTH_SCHEMA__PASSWORD", SERVERS_PASSWORD)
                .variable("KC_SPI_STORAGE__AUTH_SCHEMA__BETTER_AUTH_SECRET", SERVERS_SECRET)
                .variable(
                    "KC_SPI_STORAGE__AUTH_SCHEMA__ALLOWED_JDBC_URLS",
                    "127.0.0.1, db.example.test:5432/app")
                .heap("-Xms128m -Xmx512m"));
    master = TestServer.admin(server.baseUrl());
    realm = TestRealm.on(master, server.baseUrl(), Map.of("enabled", "false"));
    addManager();
    manager = Keycloak.getInstance(server.baseUrl(), realm.name(), MANAGER, "manager", "admin-cli");
    managed = manager.realm(realm.name());
  }

  private void addManager() {
    UserRepresentation user = new UserRepresentation();
    user.setUsername(MANAGER);
    user.setEmail(MANAGER);
    user.setFirstName("A");
    user.setLastName("Manager");
    user.setEmailVerified(true);
    user.setEnabled(true);
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue("manager");
    user.setCredentials(List.of(password));
    RealmResource all = realm.realm();
    all.users().create(user).close();
    String client = all.clients().findByClientId("realm-management").get(0).getId();
    all.users()
        .get(all.users().searchByUsername(MANAGER, true).get(0).getId())
        .roles()
        .clientLevel(client)
        .add(List.of(all.clients().get(client).roles().get("manage-realm").toRepresentation()));
  }

  @AfterAll
  void stop() {
    manager.close();
    master.close();
    server.close();
    trap.close();
  }

  @AfterEach
  void noSecretIsInTheLog() {
    assertThat(server.log()).doesNotContain(SERVERS_PASSWORD, SERVERS_SECRET, GIVEN);
  }

  @Test
  void aUrlAloneBringsNothingOfTheServer() {
    try (Response refused =
        managed.components().add(component(Map.of("jdbcUrl", trap.jdbcUrl())))) {
      assertThat(refused.getStatus()).isEqualTo(400);
    }
    assertConnectedWithoutAnythingSecret();
  }

  @Test
  void aUserAloneBringsNoPasswordOfTheServer() {
    Map<String, String> config = Map.of("jdbcUrl", trap.jdbcUrl(), "username", "somebody");
    try (Response refused = managed.components().add(component(config))) {
      assertThat(refused.getStatus()).isEqualTo(400);
    }
    assertConnectedWithoutAnythingSecret();
  }

  /** The console sends the mask back, and Keycloak takes that for "as it was". */
  @Test
  void aPasswordThatWasGivenForOneDatabaseGoesToNoOther() {
    String id = add(own(Map.of("password", GIVEN)));

    for (String shown : List.of(MASK, GIVEN)) {
      assertRefused(id, Map.of("jdbcUrl", trap.jdbcUrl(), "password", shown));
      assertRefused(
          id, Map.of("jdbcUrl", trap.jdbcUrl().replace("//", "//127.0.0.1:1,"), "password", shown));
      assertRefused(id, Map.of("jdbcUrl", trap.jdbcUrl(), "password", shown, "enabled", "false"));
      assertRefused(
          id, Map.of("jdbcUrl", postgres.jdbcUrl("own_connection") + "2", "password", shown));
    }
    assertThat(trap.heard()).isEmpty();
    // Another argument of the same database is no other place.
    update(id, Map.of("jdbcUrl", postgres.jdbcUrl("own_connection") + "?sslmode=prefer"));
    managed.components().component(id).remove();
  }

  @Test
  void aNewPasswordGoesToTheNewDatabase() {
    String id = add(own(Map.of("password", GIVEN)));

    BadRequestException refused =
        catchThrowableOfType(
            BadRequestException.class,
            () -> update(id, Map.of("jdbcUrl", trap.jdbcUrl(), "password", "another")));

    assertThat(refused).isNotNull();
    assertThat(trap.heard()).extracting(PasswordTrap.Heard::password).containsOnly("another");
    managed.components().component(id).remove();
  }

  /** First the place, while nobody connects; then the switch. */
  @Test
  void aDisabledComponentIsNoWayRound() {
    String id = add(own(Map.of("enabled", "false", "password", GIVEN)));

    assertRefused(id, Map.of("jdbcUrl", trap.jdbcUrl()));
    update(id, Map.of("jdbcUrl", trap.jdbcUrl(), "password", ""));
    BadRequestException refused =
        catchThrowableOfType(
            BadRequestException.class, () -> update(id, Map.of("enabled", "true")));

    assertThat(refused).isNotNull();
    assertConnectedWithoutAnythingSecret();
    managed.components().component(id).remove();
  }

  @Test
  void aUrlThatIsAddedAsksForThePasswordAsWell() {
    Map<String, String> config =
        Map.of("enabled", "false", "username", "somebody", "password", GIVEN);
    String id = add(component(config));

    assertRefused(id, Map.of("jdbcUrl", trap.jdbcUrl()));
    assertRefused(id, Map.of("jdbcUrl", trap.jdbcUrl(), "enabled", "true"));

    assertThat(trap.heard()).isEmpty();
    managed.components().component(id).remove();
  }

  /** An import checks the form alone, so that the first login is what connects. */
  @Test
  void anImportedComponentBringsNothingOfTheServer() {
    try (TestRealm imported = TestRealm.on(master, server.baseUrl(), trapped())) {
      assertThat(
              imported.oidc().password(TestRealm.APP, "a@example.test", "password").getStatusCode())
          .isEqualTo(503);
    }
    assertConnectedWithoutAnythingSecret();
  }

  private Map<String, String> trapped() {
    return Map.of("jdbcUrl", trap.jdbcUrl(), "betterAuthSecret", "one-of-its-own");
  }

  @Test
  void theServerNarrowsWhereAComponentMayLead() {
    Map<String, String> elsewhere =
        Map.of("jdbcUrl", "jdbc:postgresql://127.0.0.1,localhost/app", "username", "somebody");
    try (Response refused = managed.components().add(component(elsewhere))) {
      assertThat(refused.getStatus()).isEqualTo(400);
      assertThat(refused.readEntity(String.class)).contains("allowed-jdbc-urls");
    }
  }

  /** What a realm says of a connection is the whole of it. */
  @Test
  void credentialsOfItsOwnBringNoSecretOfTheServer() {
    ComponentRepresentation component =
        component(Map.of("username", PostgresServer.USER, "password", PostgresServer.PASSWORD));
    try (Response refused = managed.components().add(component)) {
      assertThat(refused.readEntity(String.class))
          .contains("cannot be read without the Better Auth secret");
    }
  }

  private void assertConnectedWithoutAnythingSecret() {
    assertThat(trap.heard())
        .isNotEmpty()
        .allSatisfy(
            heard -> {
              assertThat(heard.password()).isEmpty();
              assertThat(heard.startup())
                  .doesNotContain(SERVERS_USER, SERVERS_PASSWORD, SERVERS_SECRET, GIVEN);
            });
  }

  private void assertRefused(String id, Map<String, String> changes) {
    Map<String, List<String>> before = config(id);
    BadRequestException refused =
        catchThrowableOfType(BadRequestException.class, () -> update(id, changes));
    assertThat(refused).as("%s was saved", changes.keySet()).isNotNull();
    assertThat(refused.getResponse().readEntity(String.class))
        .contains("leads to another database than before: give the password of that one");
    assertThat(config(id)).isEqualTo(before);
  }

  private void update(String id, Map<String, String> changes) {
    ComponentRepresentation component = managed.components().component(id).toRepresentation();
    changes.forEach(component.getConfig()::putSingle);
    managed.components().component(id).update(component);
  }

  private Map<String, List<String>> config(String id) {
    return managed.components().component(id).toRepresentation().getConfig();
  }

  private String add(ComponentRepresentation component) {
    try (Response created = managed.components().add(component)) {
      assertThat(created.getStatus()).as(created.getStatusInfo().toString()).isEqualTo(201);
      String path = created.getLocation().getPath();
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /** Over a database that lets it in. */
  private ComponentRepresentation own(Map<String, String> more) {
    Map<String, String> config =
        new HashMap<>(
            Map.of(
                "jdbcUrl", postgres.jdbcUrl("own_connection"),
                "username", "own_reader",
                "betterAuthSecret", Fixture.known().secret()));
    config.putAll(more);
    return component(config);
  }

  private static ComponentRepresentation component(Map<String, String> more) {
    ComponentRepresentation component = new ComponentRepresentation();
    component.setName("Own");
    component.setProviderId(TestRealm.AUTH_SCHEMA);
    component.setProviderType("org.keycloak.storage.UserStorageProvider");
    MultivaluedHashMap<String, String> config = new MultivaluedHashMap<>();
    config.putSingle("enabled", "true");
    more.forEach(config::putSingle);
    component.setConfig(config);
    return component;
  }
}
