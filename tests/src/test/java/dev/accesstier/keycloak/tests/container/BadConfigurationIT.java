// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dasniko.testcontainers.keycloak.KeycloakContainer;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.Keycloak;

/**
 * A container that was told the wrong password for schema {@code auth}, and realms with mistakes of
 * their own. It starts, and every mistake is one line in its log.
 */
@Needs(Needs.Tool.DOCKER)
@TestInstance(Lifecycle.PER_CLASS)
final class BadConfigurationIT {

  private static final String WRONG = "wrong-password";

  private static final String USER = "beta-user";

  private KeycloakContainer keycloak;
  private Keycloak admin;
  private String logAtStart = "";

  @BeforeAll
  void start() {
    Containers containers = Containers.shared();
    keycloak =
        containers
            .keycloak()
            .withEnv("KC_DB_PASSWORD", Containers.KEYCLOAK_PASSWORD)
            .withEnv("KC_SPI_STORAGE__AUTH_SCHEMA__PASSWORD", WRONG);
    keycloak.start();
    logAtStart =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(keycloak::getLogs, log -> log.contains("auth database"));
    admin = TestServer.admin(Containers.url(keycloak));
  }

  @AfterAll
  void stop() {
    admin.close();
    keycloak.stop();
  }

  /** Before anyone tries to sign in. */
  @Test
  void aMistakeIsInTheLogAtTheStart() {
    assertThat(logAtStart).contains("The auth database cannot be used: ");
  }

  @Test
  void aWrongPassword() {
    assertUnavailable(Map.of(), "refuses the user name or the password");
    assertThat(keycloak.getLogs()).doesNotContain(WRONG);
  }

  @Test
  void aMissingSchema() {
    assertUnavailable(rightBut("schema", "nowhere"), "There is no schema \"nowhere\"");
  }

  @Test
  void anUnreachableHost() {
    assertUnavailable(
        rightBut("jdbcUrl", "jdbc:postgresql://nowhere:5432/auth"),
        "reached (schema auth in jdbc:postgresql://nowhere:5432/auth)");
  }

  @Test
  void aRealmBesideThemIsUntouched() {
    try (TestRealm realm = realm(right())) {
      Oidc.tokens(login(realm));
    }
  }

  /** What a realm sets itself goes before what the server was told. */
  private static Map<String, String> right() {
    return new HashMap<>(
        Map.of("username", Containers.AUTH_USER, "password", Containers.AUTH_PASSWORD));
  }

  private static Map<String, String> rightBut(String key, String value) {
    Map<String, String> config = right();
    config.put(key, value);
    return config;
  }

  private TestRealm realm(Map<String, String> config) {
    return TestRealm.on(admin, Containers.url(keycloak), config);
  }

  private static HTTPResponse login(TestRealm realm) {
    return realm
        .oidc()
        .password(TestRealm.APP, SampleRealm.email(USER), SampleRealm.password(USER));
  }

  private void assertUnavailable(Map<String, String> config, String reason) {
    try (TestRealm realm = realm(config)) {
      // On a slow machine the first attempt may end before the database has said what is wrong.
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(() -> assertOneLine(realm, reason));
      // Not within the moment in which a failure just seen is told again.
      await().untilAsserted(() -> assertThat(status(realm)).contains("problems", reason(reason)));
    }
  }

  /** As JSON writes it. */
  private static String reason(String sentence) {
    return sentence.replace("\"", "\\\"");
  }

  private String status(TestRealm realm) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create(
                      Containers.url(keycloak)
                          + "/admin/realms/"
                          + realm.name()
                          + "/access-tier/status"))
              .header("Authorization", "Bearer " + admin.tokenManager().getAccessTokenString())
              .build();
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void assertOneLine(TestRealm realm, String reason) {
    int before = keycloak.getLogs().length();
    HTTPResponse response = login(realm);
    assertThat(response.getStatusCode()).as(response.getBody()).isEqualTo(503);
    assertThat(Oidc.json(response)).containsEntry("error", "temporarily_unavailable");
    String log =
        await().until(() -> keycloak.getLogs().substring(before), all -> all.contains("ERROR ["));
    assertThat(log.lines().filter(line -> line.contains("ERROR [")))
        .singleElement()
        .asString()
        .contains("The auth database cannot be used: ", reason);
    assertThat(log).doesNotContain("\tat ");
  }
}
