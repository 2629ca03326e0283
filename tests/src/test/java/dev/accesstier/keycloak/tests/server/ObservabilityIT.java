// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.sun.net.httpserver.HttpServer;
import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.ScrapedMetrics;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.representations.idm.ClientRepresentation;

/** Metrics, traces, and the board and alerts that are made of them. */
@TestInstance(Lifecycle.PER_CLASS)
final class ObservabilityIT {

  private static final Path DEPLOY = TestServer.jar().resolve("../../../deploy").normalize();
  private static final Pattern METRIC = Pattern.compile("\\b(?:access_tier|keycloak)_[a-z_]+");
  private static final Fixture.User BETA = Fixture.known().user("beta-user");
  private static final String GATED = "gated";

  private final Set<String> spans = ConcurrentHashMap.newKeySet();
  private PostgresServer postgres;
  private HttpServer collector;
  private KeycloakServer server;
  private Keycloak admin;
  private TestRealm realm;

  @BeforeAll
  void start() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
          Pattern.compile("SessionUsers\\.run")
              .matcher(body)
              .results()
              .map(MatchResult::group)
              .forEach(spans::add);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    postgres = PostgresServer.start(TestServer.folder("observed-postgres"), 0);
    Fixture.load(postgres.createDatabase("observed"));
    TestServer.shared().postgres().createDatabase("keycloak_observed");
    server =
        KeycloakServer.start(
            TestServer.folder("observed"),
            KeycloakOptions.defaults()
                .provider(TestServer.jar())
                .database(TestServer.shared().postgres(), "keycloak_observed")
                .authSchema(postgres, "observed", Fixture.known().secret())
                .argument("--tracing-enabled=true")
                .argument("--tracing-protocol=http/protobuf")
                .argument("--tracing-endpoint=http://127.0.0.1:" + collector.getAddress().getPort())
                .heap("-Xms128m -Xmx512m"));
    admin = TestServer.admin(server.baseUrl());
    realm = TestRealm.on(admin, server.baseUrl(), Map.of("editMode", "WRITABLE"));
    ClientRepresentation gated = TestRealm.client(GATED);
    gated.getAttributes().put("access.tier.required", "alpha");
    realm.add(gated);
    // The first connection of a pool may take longer than a look-up waits for one.
    await().untilAsserted(() -> realm.user(BETA.email()));
    signIn(TestRealm.APP, BETA.knownPassword());
    signIn(TestRealm.APP, "a wrong one");
    signIn(GATED, BETA.knownPassword());
  }

  @AfterAll
  void stop() {
    admin.close();
    server.close();
    postgres.close();
    collector.stop(0);
  }

  private int signIn(String client, String password) {
    return realm.oidc().password(client, BETA.email(), password).getStatusCode();
  }

  private ScrapedMetrics metrics() {
    return new ScrapedMetrics(server);
  }

  @Test
  void theBoardAndTheAlertsNameMetricsThatThereAre() throws IOException {
    Set<String> named = new TreeSet<>();
    for (String expression : expressions()) {
      METRIC.matcher(expression).results().map(MatchResult::group).forEach(named::add);
    }
    Set<String> there =
        metrics().lines().stream()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.replaceFirst("[{ ].*", ""))
            .collect(Collectors.toSet());

    assertThat(named).hasSizeGreaterThan(10);
    assertThat(there).containsAll(named);
  }

  private static List<String> expressions() throws IOException {
    JsonNode board =
        new ObjectMapper().readTree(DEPLOY.resolve("grafana/access-tier.json").toFile());
    List<String> all = board.findValuesAsText("expr");
    all.addAll(rules().findValuesAsText("expr"));
    return all;
  }

  private static JsonNode rules() throws IOException {
    return new ObjectMapper(new YAMLFactory())
        .readTree(DEPLOY.resolve("prometheus/rules.yaml").toFile());
  }

  /** What to do is on the page of operations, under the alert's name. */
  @Test
  void everyAlertIsExplained() throws IOException {
    String page = Files.readString(DEPLOY.resolve("../docs/operations.md"));
    List<String> alerts = rules().findValuesAsText("alert");

    assertThat(alerts).hasSize(9);
    assertThat(alerts).allSatisfy(alert -> assertThat(page).contains("### " + alert + "\n"));
  }

  @Test
  void everyMetricOfOursIsExplained() throws IOException {
    String page = Files.readString(DEPLOY.resolve("../docs/operations.md"));
    Set<String> ours =
        metrics().lines().stream()
            .filter(line -> line.startsWith("# TYPE access_tier_"))
            .map(line -> line.split(" ", -1)[2])
            .filter(name -> !name.endsWith("_max") || name.contains("pool"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(ours).hasSizeGreaterThan(8);
    assertThat(ours).allSatisfy(name -> assertThat(page).contains("`" + name));
  }

  @Test
  void workOnTheDatabaseIsTimedByOutcome() {
    assertThat(
            metrics()
                .sum(
                    "access_tier_database_operation_seconds_count",
                    "operation=\"read\"",
                    "outcome=\"success\"",
                    "/observed/auth\""))
        .isPositive();
  }

  @Test
  void workOnTheDatabaseIsTraced() {
    // Exports happen every few seconds, and what is too much for one is dropped.
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> {
              signIn(TestRealm.APP, BETA.knownPassword());
              assertThat(spans).contains("SessionUsers.run");
            });
  }

  @Test
  void aDatabaseThatIsGoneIsToldOf() {
    String reachable = "access_tier_database_reachable";
    assertThat(metrics().sum(reachable)).isEqualTo(1);

    postgres.stop();
    try {
      signIn(TestRealm.APP, BETA.knownPassword());
      assertThat(metrics().sum(reachable)).isZero();
      assertThat(metrics().sum("access_tier_database_failures_total")).isPositive();
    } finally {
      postgres.start();
    }
    await().until(() -> signIn(TestRealm.APP, BETA.knownPassword()) == 200);
    assertThat(metrics().sum(reachable)).isEqualTo(1);
  }
}
