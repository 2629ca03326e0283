// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.awaitility.Awaitility.await;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An admin changes a user while the database of schema {@code auth} takes no write: 503, and
 * nothing has changed, neither there nor in Keycloak's own storage.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class WriteOutageIT {

  private static final String DATABASE = "app";

  /** In what is sent, and so never in an answer or the log. */
  private static final String VALUE = "Vertraulich";

  private WritableRealm realm;
  private PostgresServer postgres;

  /** What an admin asks for, below the user's address. */
  enum Change {
    RENAME("PUT", "", "{'firstName': '%1$s', 'lastName': 'X'}"),
    RENAME_AMONG_ATTRIBUTES(
        "PUT", "", "{'email': '%2$s', 'firstName': '%1$s', 'attributes': {'note': ['%1$s']}}"),
    NEW_EMAIL("PUT", "", "{'email': '%s@example.test'}"),
    NEW_PICTURE(
        "PUT",
        "",
        "{'email': '%2$s', 'firstName': 'A', 'attributes': {'picture': ['https://a.test/%1$s']}}"),
    NEW_TIER(
        "PUT",
        "",
        "{'email': '%2$s', 'firstName': 'Before', 'lastName': 'Outage', 'attributes': {'access_tier': ['alpha'], 'note': ['%1$s']}}"),
    DISABLE("PUT", "", "{'enabled': false, 'requiredActions': ['UPDATE_PASSWORD']}"),
    UNVERIFY("PUT", "", "{'emailVerified': false}"),
    PASSWORD_IN_USER(
        "PUT", "", "{'credentials': [{'type': 'password', 'value': '%s', 'temporary': true}]}"),
    PASSWORD("PUT", "/reset-password", "{'type': 'password', 'value': '%s', 'temporary': true}"),
    NO_SECOND_FACTOR("PUT", "/disable-credential-types", "['otp']"),
    CREATE("POST", "", "{'email': '%s-new@example.test', 'firstName': '%1$s', 'enabled': true}"),
    DELETE("DELETE", "", "");

    private final String method;
    private final String path;
    private final String body;

    Change(String method, String path, String body) {
      this.method = method;
      this.path = path;
      this.body = body;
    }

    HttpResponse<String> ask(AdminApi api, String id, String email) {
      String user = this == CREATE ? "" : "/" + id;
      return api.send(
          method, "/users" + user + path, body.formatted(VALUE, email).replace('\'', '"'));
    }
  }

  /** Whom Keycloak knows by its cache is found without the database. */
  enum User {
    CACHED,
    LOOKED_UP
  }

  @BeforeAll
  void makeRealm() {
    TestServer.shared();
    postgres = PostgresServer.start(TestServer.folder("write-outage-postgres"), 0);
    realm = WritableRealm.create(postgres, DATABASE, Map.of(), rep -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
    postgres.close();
  }

  @ParameterizedTest
  @EnumSource
  void whomKeycloakHasInItsCache(Outage outage) {
    assertUnavailable(outage, User.CACHED);
  }

  @ParameterizedTest
  @EnumSource
  void whomKeycloakHasToLookUp(Outage outage) {
    assertUnavailable(outage, User.LOOKED_UP);
  }

  private record Case(Change change, String id, String email, List<Object> before) {}

  private void assertUnavailable(Outage outage, User user) {
    List<Case> cases = Arrays.stream(Change.values()).map(this::prepared).toList();
    AdminApi api = api();
    int log = TestServer.shared().keycloak().log().length();
    if (user == User.LOOKED_UP) {
      realm.realm().realm().clearUserCache();
    }
    outage.begin(postgres, DATABASE);
    SoftAssertions soft = new SoftAssertions();
    for (Case one : cases) {
      HttpResponse<String> answer = one.change().ask(api, one.id(), one.email());
      soft.assertThat(answer.statusCode()).as(one.change().name()).isEqualTo(503);
      soft.assertThat(answer.body())
          .as(one.change().name())
          .contains("temporarily_unavailable")
          .doesNotContain(VALUE, "jdbc", "SQL");
    }
    outage.end(postgres, DATABASE);
    realm.realm().realm().clearUserCache();
    for (Case one : cases) {
      soft.assertThat(state(one.id())).as(one.change().name()).isEqualTo(one.before());
    }
    soft.assertThat(TestServer.shared().keycloak().log().substring(log)).doesNotContain(VALUE);
    soft.assertAll();
  }

  private Case prepared(Change change) {
    SampleUser added = realm.add("Before Outage");
    realm.rows().write("update auth.users set two_factor_enabled = true where id = ?", added.id());
    String id = realm.realm().user(added.email()).getId();
    return new Case(change, id, added.email(), state(id));
  }

  /** What both storages hold of a user. */
  private List<Object> state(String id) {
    String row = id.substring(id.lastIndexOf(':') + 1);
    var shown =
        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptions()
            .until(() -> realm.realm().realm().users().get(id).toRepresentation(), found -> true);
    return List.of(
        realm.rows().user(row).columns(),
        realm.rows().credential(row).columns(),
        shown.isEnabled(),
        shown.getRequiredActions(),
        String.valueOf(shown.getAttributes()),
        realm.realm().realm().users().get(id).roles().realmLevel().listAll().toString());
  }

  private AdminApi api() {
    TestServer server = TestServer.shared();
    return new AdminApi(server.keycloak().baseUrl(), realm.realm().name(), server.admin());
  }
}
