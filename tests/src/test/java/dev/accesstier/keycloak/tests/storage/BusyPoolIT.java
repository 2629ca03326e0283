// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.UserRepresentation;

/** Connections that are all in use are no outage, and searches leave some to logins. */
@TestInstance(Lifecycle.PER_CLASS)
final class BusyPoolIT {

  private static final String DATABASE = "busy_pool";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Of a search that comes upon them; look-ups by email or id call no function. */
  private static final String SLOW_NAMES =
      """
      create role slow login;
      grant usage on schema auth to slow;
      grant select on all tables in schema auth to slow;
      create schema slow authorization slow;
      create function slow.lower(name text) returns text language plpgsql as $$
      begin
        perform pg_sleep(case when name = 'Endless' then 60 when name = 'Slowly' then 1 else 0 end);
        return pg_catalog.lower(name);
      end $$;
      alter role slow set search_path = slow, pg_catalog;
      """;

  private final PostgresServer postgres = TestServer.shared().postgres();
  private final ExecutorService others = Executors.newCachedThreadPool();
  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create(DATABASE, Map.of("cachePolicy", "NO_CACHE"), rep -> {});
    postgres.execute(DATABASE, SLOW_NAMES);
  }

  @AfterEach
  void letGo() {
    cancelAll();
  }

  @AfterAll
  void removeRealm() {
    others.shutdownNow();
    realm.close();
  }

  @Test
  void whoWaitsInVainForAConnectionFailsAlone() throws SQLException {
    realm.realm().configure(Map.of("poolMaxSize", "2", "queryTimeout", "20000"));
    SampleUser user = realm.add("Waiting User");
    List<CompletableFuture<Boolean>> logins;
    try (Connection neighbour = realm.rows().database().getConnection();
        Statement statement = neighbour.createStatement()) {
      neighbour.setAutoCommit(false);
      statement.execute("lock table auth.accounts in access exclusive mode");
      logins = started(2, () -> signsIn(user));
      await().atMost(LIMIT).until(() -> busy("wait_event_type = 'Lock'") == 2);

      assertThat(realm.realm().oidc().password(TestRealm.APP, user.email(), "x").getStatusCode())
          .isEqualTo(503);
      neighbour.rollback();
    }

    for (int i = 0; i < 5; i++) {
      assertThat(realm.resource(user.email()).toRepresentation().getEmail())
          .isEqualTo(user.email());
    }
    assertThat(logins).allMatch(CompletableFuture::join);
  }

  @Test
  void searchesThatHangLeaveConnectionsToLogins() {
    asSlowRole(Map.of("poolMaxSize", "4", "queryTimeout", "20000", "searchTimeout", "60000"));
    SampleUser user = realm.add("Healthy User");
    SampleUser endless = realm.add("Endless Search");

    List<CompletableFuture<List<UserRepresentation>>> searches =
        started(4, () -> realm.realm().realm().users().search("healthy", 0, 10));
    await().atMost(LIMIT).until(() -> busy("wait_event = 'PgSleep'") == 2);

    assertThat(Stream.generate(() -> signsIn(user)).limit(5)).containsOnly(true);
    assertThat(busy("wait_event = 'PgSleep'")).isEqualTo(2);
    assertThat(realm.rows().write("delete from auth.users where id = ?", endless.id())).isOne();
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              cancelAll();
              return searches.stream().allMatch(CompletableFuture::isDone);
            });
  }

  @Test
  void aSearchMayTakeLongerThanALookUp() {
    asSlowRole(Map.of("queryTimeout", "500", "searchTimeout", "30000"));
    SampleUser slowly = realm.add("Slowly Found");

    assertThat(realm.realm().realm().users().search("slowly", 0, 10))
        .extracting(UserRepresentation::getEmail)
        .containsExactly(slowly.email());
    assertThat(realm.realm().realm().users().count("slowly")).isOne();
  }

  @Test
  void aSearchEndsAtItsTimeLimit() {
    asSlowRole(Map.of("queryTimeout", "1500", "searchTimeout", "200"));
    SampleUser slowly = realm.add("Slowly Found");

    int before = TestServer.shared().keycloak().log().length();
    assertThat(realm.realm().realm().users().search("slowly", 0, 10)).isEmpty();
    assertThat(TestServer.shared().keycloak().log().substring(before))
        .contains("longer than its time limit: 1500 ms, and 200 ms for searches and counts");
    assertThat(signsIn(slowly)).isTrue();
  }

  private void asSlowRole(Map<String, String> options) {
    realm.realm().configure(Map.of("username", "slow", "editMode", "READ_ONLY"));
    realm.realm().configure(options);
  }

  private boolean signsIn(SampleUser user) {
    return realm.signsIn(user.email(), WritableRealm.PASSWORD);
  }

  private <T> List<CompletableFuture<T>> started(int times, Supplier<T> work) {
    return IntStream.range(0, times)
        .mapToObj(i -> CompletableFuture.supplyAsync(work, others))
        .toList();
  }

  private static final String OURS =
      " from pg_stat_activity where application_name = 'keycloak-access-tier' and state = 'active'"
          + " and datname = '"
          + DATABASE
          + "'";

  private long busy(String condition) {
    AuthRows.Row row = realm.rows().one("select count(*)" + OURS + " and " + condition);
    return Long.parseLong(row.text("count"));
  }

  private void cancelAll() {
    realm.rows().all("select pg_cancel_backend(pid)" + OURS);
  }
}
