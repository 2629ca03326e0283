// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.representations.idm.ComponentRepresentation;

/** Other names of the schema, enum types elsewhere, and several databases at once. */
final class SeveralComponentsIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();

  private final PostgresServer postgres = TestServer.shared().postgres();

  @AfterAll
  static void endThreads() {
    THREADS.shutdownNow();
  }

  @ParameterizedTest(name = "schema {0}, enum types in {1}")
  @CsvSource({"auth,auth", "accounts_of_mana,public", "accounts_of_mana,accounts_of_mana"})
  void theSchemaMayHaveAnotherName(String schema, String enums) {
    String database = "schema_" + schema + "_" + enums;
    Fixture.load(postgres.createDatabase(database), schema, enums);
    try (TestRealm realm = TestRealm.create(connection(database, schema), rep -> {})) {
      assertThat(tier(realm)).isEqualTo("beta");
      assertThat(realm.realm().users().searchByAttributes("access_tier:beta")).hasSize(4);
      assertThat(realm.realm().roles().get("admin").getUserMembers(0, 100)).isNotEmpty();
    }
  }

  @Test
  void realmsReadTheirOwnDatabase() {
    Fixture.load(postgres.createDatabase("second"));
    postgres.execute(
        "second", "update auth.users set access_tier = 'founder' where id = '" + BETA.id() + "'");
    try (TestRealm first = TestRealm.create();
        TestRealm second = TestRealm.create(connection("second", "auth"), rep -> {})) {
      assertThat(tier(first)).isEqualTo("beta");
      assertThat(tier(second)).isEqualTo("founder");
      assertThat(tier(first)).isEqualTo("beta");
    }
  }

  @Test
  void aRemovedComponentReleasesItsConnections() {
    Fixture.load(postgres.createDatabase("released"));
    TestRealm realm = TestRealm.create(connection("released", "auth"), rep -> {});
    assertThat(tier(realm)).isEqualTo("beta");
    assertThat(connections("released")).isPositive();
    realm.close();
    await().until(() -> connections("released") == 0);
  }

  /** A realm more on the same tables is no further pool. */
  @Test
  void equalSettingsShareOnePool() throws SQLException {
    Fixture.load(postgres.createDatabase("shared_pool"));
    Map<String, String> narrow = new HashMap<>(connection("shared_pool", "auth"));
    narrow.put("poolMaxSize", "2");
    try (TestRealm first = TestRealm.create(narrow, rep -> {});
        TestRealm second = TestRealm.create(narrow, rep -> {});
        var connection = postgres.database("shared_pool").getConnection();
        var statement = connection.createStatement()) {
      assertThat(tier(first)).isEqualTo(tier(second));
      connection.setAutoCommit(false);
      statement.execute("lock table auth.users in access exclusive mode");
      var waiting =
          Stream.of(first, second, first, second)
              .map(realm -> CompletableFuture.supplyAsync(() -> login(realm), THREADS))
              .toList();
      waiting.forEach(CompletableFuture::join);
      // Beside the one that holds the lock.
      assertThat(connections("shared_pool") - 1).isBetween(1, 2);
    }
  }

  @Test
  void aDatabaseIsOpenBeforeTheFirstLogin() {
    Fixture.load(postgres.createDatabase("opened_early"));
    try (TestRealm realm = TestRealm.create(connection("opened_early", "auth"), rep -> {})) {
      await().until(() -> connections("opened_early") > 0);
    }
    await().until(() -> connections("opened_early") == 0);
  }

  /**
   * Three who sign in all the time see nothing of an admin who saves, and saves again. Disabling is
   * left out: Keycloak writes into the component that other requests read, and one that is between
   * the user's name and their password then ends with status 500.
   */
  @Test
  void savingFailsNoRequestUnderWay() {
    Fixture.load(postgres.createDatabase("saved_in_use"));
    TestRealm realm = TestRealm.create(connection("saved_in_use", "auth"), rep -> {});
    assertThat(tier(realm)).isEqualTo("beta");
    AtomicBoolean over = new AtomicBoolean();
    List<String> answers = new CopyOnWriteArrayList<>();
    Runnable signingIn =
        () -> {
          while (!over.get()) {
            HTTPResponse answer = login(realm);
            answers.add(
                answer.getStatusCode() == 200
                    ? "200"
                    : answer.getStatusCode() + " " + Oidc.json(answer).get("error"));
          }
        };
    List<CompletableFuture<Void>> workers =
        Stream.generate(() -> CompletableFuture.runAsync(signingIn, THREADS)).limit(3).toList();
    for (int i = 0; i < 8; i++) {
      int before = answers.size();
      ComponentRepresentation component = realm.component();
      component.setName("Renamed " + i);
      component.getConfig().putSingle("queryTimeout", Integer.toString(1500 + i / 2));
      realm.realm().components().component(realm.componentId()).update(component);
      await().atMost(Duration.ofMinutes(1)).until(() -> answers.size() > before + 3);
    }
    over.set(true);
    workers.forEach(CompletableFuture::join);

    assertThat(answers).containsOnly("200");
    realm.close();
    await().until(() -> connections("saved_in_use") == 0);
  }

  private int connections(String database) {
    try (var connection = postgres.database("postgres").getConnection();
        var statement =
            connection.prepareStatement(
                "select count(*) from pg_stat_activity where datname = ?")) {
      statement.setString(1, database);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private Map<String, String> connection(String database, String schema) {
    return Map.of(
        "jdbcUrl", postgres.jdbcUrl(database), "username", PostgresServer.USER, "schema", schema);
  }

  private static Object tier(TestRealm realm) {
    return Oidc.claims(Oidc.tokens(login(realm)).getAccessToken())
        .getOrDefault("access_tier", "none");
  }

  private static HTTPResponse login(TestRealm realm) {
    return realm.oidc().password(TestRealm.APP, BETA.email(), BETA.knownPassword());
  }
}
