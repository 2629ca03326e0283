// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.Keycloak;

/**
 * A server on {@code --db=dev-file} that was told of no database for schema {@code auth}, with the
 * realm file imported at its start.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class WithoutDatabaseIT {

  private static final Pattern OURS =
      Pattern.compile("(WARN|ERROR).*(dev\\.accesstier|access-tier)");

  private KeycloakServer server;
  private Keycloak admin;

  @BeforeAll
  void start() {
    server =
        KeycloakServer.start(
            TestServer.folder("without-database"),
            KeycloakOptions.defaults()
                .provider(TestServer.jar())
                .realm(TestServer.realmExport("mana-realm.json"))
                .argument("--log-level=INFO,org.hibernate.orm.jpa:debug")
                .heap("-Xms128m -Xmx512m"));
    admin = TestServer.admin(server.baseUrl());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** The keys are read in the background, and may find at any time that no database is named. */
  @Test
  void theRealmIsImportedWithoutAWord() {
    assertThat(admin.realm("mana").clients().findByClientId("chat")).hasSize(1);
    assertThat(server.log().lines().takeWhile(line -> !line.contains("started in")))
        // What Keycloak itself says on a thread of ours is not ours.
        .filteredOn(line -> OURS.matcher(line.replace("(access-tier-databases)", "")).find())
        .filteredOn(line -> !line.contains("(access-tier-jwks)"))
        .allMatch(line -> line.contains("is implementing the internal SPI"));
  }

  /** An annotated entity would be taken into it, and keep the server from starting. */
  @Test
  void keycloaksOwnPersistenceUnitKnowsNothingOfOurs() {
    assertThat(server.log())
        .contains("org.keycloak.models.jpa.entities.UserEntity")
        .doesNotContain("dev.accesstier.keycloak.schema");
  }

  @Test
  void aLoginIsTemporarilyUnavailableAndTheLogSaysWhatIsMissing() {
    try (TestRealm realm = TestRealm.on(admin, server.baseUrl(), Map.of())) {
      var response = realm.oidc().password(TestRealm.APP, "someone@example.test", "password");
      assertThat(response.getStatusCode()).isEqualTo(503);
      assertThat(Oidc.json(response)).containsEntry("error", "temporarily_unavailable");
      assertThat(server.log()).contains("spi-storage--auth-schema--jdbc-url");
    }
  }

  @Test
  void aDatabaseWithoutItsDriverIsSaidInTheLog() {
    Map<String, String> config = Map.of("jdbcUrl", "jdbc:postgresql://127.0.0.1:1/app");
    try (TestRealm realm = TestRealm.on(admin, server.baseUrl(), config)) {
      var response = realm.oidc().password(TestRealm.APP, "someone@example.test", "password");
      assertThat(response.getStatusCode()).isEqualTo(503);
      assertThat(server.log()).contains("carries no PostgreSQL driver");
    }
  }

  @Test
  void otherRealmsAreUntouched() {
    assertThat(admin.realm("master").users().list(0, 10))
        .extracting("username")
        .isEqualTo(List.of("admin"));
  }
}
