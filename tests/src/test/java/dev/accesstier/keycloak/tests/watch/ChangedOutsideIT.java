// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.accesstier.devserver.AuthSchemaSql;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * Keycloak's cache would keep users for an hour here; what another service writes counts sooner.
 */
class ChangedOutsideIT {

  private static final Fixture.User SAMPLE = Fixture.known().user("alpha-user");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOUR = "3600000";
  private static final String GATED = "gated";
  private static final String SOFT = "update auth.users set deleted_at = now() where id = ?";

  /** A database of one's own, and a realm whose component looks at it. */
  private abstract static class Watched {

    private final String name = "watched_" + UUID.randomUUID().toString().substring(0, 8);
    final AuthRows rows;
    final TestRealm realm;

    Watched(Map<String, String> options, String... files) {
      PostgresServer postgres = TestServer.shared().postgres();
      DataSource database = postgres.createDatabase(name);
      Fixture.load(database);
      AuthSchemaSql.apply(database, files);
      rows = new AuthRows(database);
      Map<String, String> config = new HashMap<>(options);
      config.put("jdbcUrl", postgres.jdbcUrl(name));
      config.put("username", PostgresServer.USER);
      config.put("maxLifespan", HOUR);
      realm = TestRealm.create(config, more -> {});
      ClientRepresentation gated = TestRealm.client(GATED);
      gated.getAttributes().put("access.tier.required", "alpha");
      realm.add(gated);
      awaitWatch();
    }

    /** The component is noticed soon after it was made; a look before a change would prove less. */
    final void awaitWatch() {
      await(name).until(() -> changes().path("lookedAt").isTextual());
    }

    final JsonNode changes() {
      try {
        return JSON.readTree(realm.get("/access-tier/status"))
            .path("databases")
            .path(0)
            .path("changes");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    final String user() {
      String id = UUID.randomUUID().toString();
      rows.addLike(SAMPLE, id, email(id));
      return id;
    }

    static String email(String id) {
      return id + "@example.test";
    }

    final UserRepresentation shown(String id) {
      return realm.realm().users().get("f:" + realm.componentId() + ":" + id).toRepresentation();
    }

    /** Into the open app, and with the same session into the gated one. */
    final void signIn(String id) {
      Browser browser = new Browser(TestServer.shared().keycloak().baseUrl());
      assertThat(
              browser
                  .signIn(
                      realm.oidc().authUrl(TestRealm.APP, ""), email(id), SAMPLE.knownPassword())
                  .parameter("code"))
          .isNotEmpty();
      assertThat(browser.open(realm.oidc().authUrl(GATED, "")).parameter("code")).isNotEmpty();
    }

    final List<String> apps(String id) {
      return realm.realm().clients().findAll().stream()
          .filter(
              client ->
                  realm.realm().clients().get(client.getId()).getUserSessions(0, 100).stream()
                      .anyMatch(session -> session.getUserId().endsWith(id)))
          .map(ClientRepresentation::getClientId)
          .sorted()
          .toList();
    }

    final List<EventRepresentation> logouts(String id) {
      return realm.realm().getEvents().stream()
          .filter(event -> "LOGOUT".equals(event.getType()))
          .filter(event -> String.valueOf(event.getUserId()).endsWith(id))
          .toList();
    }

    static void soon(Callable<Boolean> condition) {
      await().until(condition);
    }

    @AfterAll
    void removeRealm() {
      realm.close();
    }
  }

  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  class ByLooking extends Watched {

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private HttpServer app;

    ByLooking() {
      super(Map.of("changesPeriod", "1"), "indexes.sql");
    }

    @BeforeAll
    void startApp() throws IOException {
      app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      app.createContext(
          "/",
          exchange -> {
            told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      app.start();
      ClientRepresentation gated = realm.realm().clients().findByClientId(GATED).get(0);
      gated
          .getAttributes()
          .put("backchannel.logout.url", "http://127.0.0.1:" + app.getAddress().getPort() + "/out");
      gated.getAttributes().put("backchannel.logout.session.required", "true");
      realm.realm().clients().get(gated.getId()).update(gated);
    }

    @AfterAll
    void stopApp() {
      app.stop(0);
    }

    @Test
    void saysSo() {
      assertThat(changes().path("seconds").asInt()).isEqualTo(1);
      assertThat(changes().path("indexed").asBoolean()).isTrue();
      assertThat(changes().path("hinted").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "update auth.users set name = 'Ada New', updated_at = now() where id = ?",
          "update auth.users set email = 'new-' || email, updated_at = now() where id = ?",
          "update auth.users set email_verified = false, updated_at = now() where id = ?"
        })
    void aChangeIsSeen(String sql) {
      String id = user();
      UserRepresentation before = shown(id);
      assertThat(shown(id)).usingRecursiveComparison().isEqualTo(before);

      rows.write(sql, id);

      soon(() -> !same(shown(id), before));
    }

    private static boolean same(UserRepresentation one, UserRepresentation other) {
      return Objects.equals(one.getEmail(), other.getEmail())
          && Objects.equals(one.getFirstName(), other.getFirstName())
          && Objects.equals(one.isEmailVerified(), other.isEmailVerified());
    }

    /** Whoever is cached is compared in turns, so the time of writing need not move. */
    @Test
    void aChangeThatMovesNoTimeIsSeenInTurn() {
      String id = user();
      String before = shown(id).getFirstName();
      String look = changes().path("lookedAt").asText();
      soon(() -> !changes().path("lookedAt").asText().equals(look));

      rows.write("update auth.users set name = 'Silent Change' where id = ?", id);

      soon(() -> !shown(id).getFirstName().equals(before));
    }

    @ParameterizedTest
    @ValueSource(strings = {SOFT, "delete from auth.users where id = ?"})
    void whoIsDeletedIsSignedOut(String sql) {
      String id = user();
      signIn(id);
      assertThat(apps(id)).containsExactly(TestRealm.APP, GATED);

      rows.write(sql, id);

      soon(() -> logouts(id).size() == 1);
      assertThat(apps(id)).isEmpty();
      assertThat(logouts(id).get(0).getDetails().get("reason"))
          .isIn("user_deleted", "user_disabled");
    }

    @Test
    void aDemotedUserIsSignedOutOfTheAppThatIsClosedNow() throws Exception {
      String id = user();
      signIn(id);
      told.clear();

      rows.write("update auth.users set access_tier = 'beta', updated_at = now() where id = ?", id);

      soon(() -> apps(id).equals(List.of(TestRealm.APP)));
      soon(() -> !told.isEmpty());
      assertThat(told).singleElement().asString().startsWith("logout_token=");
      SignedJWT token = SignedJWT.parse(told.get(0).substring("logout_token=".length()));
      assertThat(token.getJWTClaimsSet().getSubject()).endsWith(id);
      assertThat(logouts(id))
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getClientId()).isEqualTo(GATED);
                assertThat(event.getDetails())
                    .containsEntry("reason", "access_tier")
                    .containsEntry("required_tier", "alpha")
                    .containsEntry("user_tier", "beta");
              });
    }

    @Test
    void whoWasPromotedStays() {
      String id = user();
      String other = user();
      signIn(id);
      String before = shown(other).getFirstName();

      rows.write(
          "update auth.users set access_tier = 'founder', updated_at = now() where id = ?", id);
      rows.write("update auth.users set name = 'Zoe', updated_at = now() where id = ?", other);

      soon(() -> !shown(other).getFirstName().equals(before));
      String look = changes().path("lookedAt").asText();
      soon(() -> !changes().path("lookedAt").asText().equals(look));
      assertThat(apps(id)).containsExactly(TestRealm.APP, GATED);
      assertThat(logouts(id)).isEmpty();
    }
  }

  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  class ByHints extends Watched {

    ByHints() {
      super(
          Map.of("changesPeriod", "3600", "endSessions", "false"),
          "indexes.sql",
          "hint-trigger.sql");
    }

    @Test
    void saysSo() {
      assertThat(changes().path("hinted").asBoolean()).isTrue();
    }

    /** The next look would be in an hour. */
    @ParameterizedTest
    @ValueSource(
        strings = {
          "update auth.users set name = 'Ada New', updated_at = now() where id = ?",
          "update auth.users set name = 'Ada New' where id = ?"
        })
    void aChangeIsSeenAtOnce(String sql) {
      String id = user();
      String before = shown(id).getFirstName();

      rows.write(sql, id);

      soon(() -> !shown(id).getFirstName().equals(before));
    }

    @Test
    void sessionsStayWhereNobodyAskedForTheirEnd() {
      String id = user();
      String other = user();
      signIn(id);
      String before = shown(other).getFirstName();

      rows.write(
          "update auth.users set access_tier = 'guest', updated_at = now() where id = ?", id);
      rows.write("update auth.users set name = 'Zoe', updated_at = now() where id = ?", other);

      soon(() -> !shown(other).getFirstName().equals(before));
      assertThat(apps(id)).containsExactly(TestRealm.APP, GATED);
    }

    @Test
    void aBrokenConnectionIsMadeAgain() {
      String id = user();
      String before = shown(id).getFirstName();
      assertThat(
              rows.all(
                  "select pg_terminate_backend(pid) from pg_stat_activity"
                      + " where application_name = 'keycloak-access-tier-hints'"
                      + " and datname = current_database()"))
          .hasSize(1);

      rows.write("update auth.users set name = 'Late', updated_at = now() where id = ?", id);

      soon(() -> !shown(id).getFirstName().equals(before));
    }
  }

  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  class WithoutIndex extends Watched {

    WithoutIndex() {
      super(Map.of("changesPeriod", "5"));
    }

    @Test
    void looksOnceAMinute() {
      assertThat(changes().path("indexed").asBoolean()).isFalse();
      assertThat(changes().path("seconds").asInt()).isEqualTo(60);
    }
  }
}
