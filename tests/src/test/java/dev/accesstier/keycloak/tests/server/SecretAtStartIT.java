// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentExportRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.util.JsonSerialization;

/** A server that starts without the Better Auth secret, or with a wrong one, says so in its log. */
@TestInstance(Lifecycle.PER_CLASS)
final class SecretAtStartIT {

  private static final String DATABASE = "secret_at_start";
  private static final String WRONG = "secret-of-quite-another-service";

  private KeycloakServer server;

  @BeforeAll
  void start() throws IOException {
    PostgresServer postgres = TestServer.shared().postgres();
    Fixture.load(postgres.createDatabase(DATABASE));
    postgres.createDatabase("keycloak_secret_at_start");
    server =
        KeycloakServer.start(
            TestServer.folder("secret-at-start"),
            KeycloakOptions.defaults()
                .provider(TestServer.jar())
                .realm(realmFile())
                .database(postgres, "keycloak_secret_at_start")
                .authSchema(postgres, DATABASE, "")
                .heap("-Xms128m -Xmx512m"));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> lines("Connected to ").size() == 1 && errors().size() >= 2);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** Its components differ in the secret alone; the server has none. */
  private static Path realmFile() throws IOException {
    RealmRepresentation realm = new RealmRepresentation();
    realm.setRealm("secrets");
    realm.setEnabled(true);
    MultivaluedHashMap<String, ComponentExportRepresentation> components =
        new MultivaluedHashMap<>();
    Map.of("without", "", "with a wrong", WRONG, "with the right", Fixture.known().secret())
        .forEach(
            (name, secret) ->
                components.add(
                    "org.keycloak.storage.UserStorageProvider", component(name, secret)));
    realm.setComponents(components);
    Path file = Files.createDirectories(TestServer.folder("realms")).resolve("secrets-realm.json");
    Files.writeString(file, JsonSerialization.writeValueAsString(realm));
    return file;
  }

  private static ComponentExportRepresentation component(String name, String secret) {
    ComponentExportRepresentation component = new ComponentExportRepresentation();
    component.setName(name);
    component.setProviderId(TestRealm.AUTH_SCHEMA);
    MultivaluedHashMap<String, String> config = new MultivaluedHashMap<>();
    config.putSingle("enabled", "true");
    config.putSingle("betterAuthSecret", secret);
    component.setConfig(config);
    return component;
  }

  @Test
  void aMissingOneIsOneLine() {
    assertThat(lines("Component without: "))
        .singleElement()
        .asString()
        .contains("ERROR")
        .endsWith(
            "Users have a second factor, which cannot be read without the Better Auth secret:"
                + " give it, or they cannot sign in.");
  }

  @Test
  void aWrongOneIsOneLine() {
    assertThat(lines("Component with a wrong: "))
        .singleElement()
        .asString()
        .contains("ERROR")
        .endsWith(
            "The Better Auth secret does not decrypt the second factors in two_factor_auth: give"
                + " the one that the running service has.");
  }

  @Test
  void theRightOneIsNoLine() {
    assertThat(errors()).hasSize(2).noneMatch(line -> line.contains("with the right"));
  }

  @Test
  void noSecretIsInTheLog() {
    assertThat(server.log()).doesNotContain(WRONG, Fixture.known().secret());
  }

  private List<String> errors() {
    return lines("Component with");
  }

  private List<String> lines(String part) {
    return server.log().lines().filter(line -> line.contains(part)).toList();
  }
}
