// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what: the roles of Keycloak's own admin API and nothing besides. */
@TestInstance(Lifecycle.PER_CLASS)
final class PermissionIT {

  private final TierRealm realm = new TierRealm();
  private final TierRealm other = new TierRealm();
  private String user;

  @BeforeAll
  void makePeople() {
    user = realm.federated("someone@example.test", "beta");
    realm.local("plain@example.test");
    realm.local("viewer@example.test", "view-users", "view-clients");
    realm.local("manager@example.test", "manage-users", "manage-clients");
    realm.local("users-only@example.test", "manage-users");
    realm.local("watcher@example.test", "view-events");
    realm.local("realm-viewer@example.test", "view-realm");
    other.local("stranger@example.test", "manage-users", "manage-clients", "realm-admin");
  }

  @AfterAll
  void removeRealms() {
    realm.close();
    other.close();
  }

  static Stream<String> reads() {
    return Stream.of(
        "users",
        "users/{id}/tier",
        "users/{id}/tier/history",
        "users/tiers.csv",
        "clients",
        "clients/app/required-tier",
        "clients/app/required-tier/history",
        "history",
        "summary");
  }

  @ParameterizedTest
  @MethodSource("reads")
  void readingNeedsTheRightToView(String path) {
    String at = path.replace("{id}", user);
    assertThat(realm.asNobody().get(at).status()).isEqualTo(401);
    assertThat(new Api(realm.adminUrl(), () -> "nonsense").get(at).status()).isEqualTo(401);
    assertThat(realm.as("plain@example.test").get(at).status()).isEqualTo(403);
    assertThat(stranger().get(at).status()).isEqualTo(403);
    assertThat(realm.as("viewer@example.test").get(at).status()).isEqualTo(200);
    assertThat(realm.as("manager@example.test").get(at).status()).isEqualTo(200);
    assertThat(realm.asMaster().get(at).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT|users/{id}/tier|{\"tier\":\"alpha\"}",
        "POST|users/tier|{\"ids\":[\"{id}\"],\"tier\":\"alpha\"}",
        "POST|users/tier|{\"filter\":{\"tier\":\"beta\"},\"tier\":\"alpha\"}",
        "PUT|clients/app/required-tier|{\"requiredTier\":\"alpha\"}"
      })
  void changingNeedsTheRightToManage(String method, String path, String body) {
    String at = path.replace("{id}", user);
    String sent = body.replace("{id}", user);
    assertThat(change(realm.asNobody(), method, at, sent)).isEqualTo(401);
    assertThat(change(realm.as("plain@example.test"), method, at, sent)).isEqualTo(403);
    assertThat(change(realm.as("viewer@example.test"), method, at, sent)).isEqualTo(403);
    assertThat(change(stranger(), method, at, sent)).isEqualTo(403);
    assertThat(realm.column(user)).isEqualTo("beta");
    assertThat(realm.asMaster().get("users/" + user + "/tier/history").json(200)).isEmpty();
    assertThat(realm.asMaster().get("clients/app/required-tier/history").json(200)).isEmpty();
  }

  @Test
  void removingASecondFactorNeedsTheRightToManage() {
    String at = "users/" + realm.withSecondFactor("two@example.test") + "/second-factor";
    assertThat(realm.asNobody().delete(at).status()).isEqualTo(401);
    assertThat(realm.as("plain@example.test").delete(at).status()).isEqualTo(403);
    assertThat(realm.as("viewer@example.test").delete(at).status()).isEqualTo(403);
    assertThat(stranger().delete(at).status()).isEqualTo(403);
    assertThat(realm.as("plain@example.test").delete("users/nobody/second-factor").status())
        .isEqualTo(403);
    assertThat(
            realm.one("select two_factor_enabled from auth.users where email = 'two@example.test'"))
        .isEqualTo("t");
  }

  @Test
  void importingNeedsTheRightToManage() {
    String file = "id,email,access_tier\n" + user + ",,alpha\n";
    assertThat(csv(realm.asNobody(), file)).isEqualTo(401);
    assertThat(csv(realm.as("plain@example.test"), file)).isEqualTo(403);
    assertThat(csv(realm.as("viewer@example.test"), file)).isEqualTo(403);
    assertThat(realm.column(user)).isEqualTo("beta");
  }

  /** Neither what is wrong with the body nor how long it is: none of it is read. */
  @Test
  void whoMayChangeNobodyIsToldSoBeforeTheBodyIsRead() {
    Api viewer = realm.as("viewer@example.test");
    assertThat(csv(viewer, "nonsense")).isEqualTo(403);
    assertThat(csv(viewer, "x".repeat(9_000_000))).isEqualTo(403);
    assertThat(viewer.post("users/tier", "nonsense").status()).isEqualTo(403);
    assertThat(csv(realm.as("users-only@example.test"), "nonsense")).isEqualTo(400);
  }

  @Test
  void theStatusIsOfTheRealmAndNotOfItsUsers() {
    assertThat(realm.asNobody().get("status").status()).isEqualTo(401);
    for (String user : List.of("plain", "viewer", "manager")) {
      assertThat(realm.as(user + "@example.test").get("status").status()).as(user).isEqualTo(403);
    }
    assertThat(stranger().get("status").status()).isEqualTo(403);
    for (String user : List.of("watcher", "realm-viewer")) {
      assertThat(realm.as(user + "@example.test").get("status").status()).as(user).isEqualTo(200);
    }
    assertThat(realm.asMaster().get("status").status()).isEqualTo(200);
  }

  @Test
  void whoManagesUsersMayNotTouchClients() {
    assertThat(
            realm
                .as("users-only@example.test")
                .put("clients/app/required-tier", "{\"requiredTier\":\"alpha\"}")
                .status())
        .isEqualTo(403);
  }

  /** Each of these says something of clients as well. */
  @ParameterizedTest
  @ValueSource(strings = {"history", "summary", "clients"})
  void whoMayNotSeeClientsSeesNothingOfThem(String path) {
    assertThat(realm.as("users-only@example.test").get(path).status()).isEqualTo(403);
  }

  @Test
  void whoMayAskForNobodyDoesNotLearnWhoIsThere() {
    Api plain = realm.as("plain@example.test");
    assertThat(plain.get("users/nobody/tier").status()).isEqualTo(403);
    assertThat(plain.get("clients/nothing/required-tier").status()).isEqualTo(403);
    assertThat(realm.as("viewer@example.test").get("users/nobody/tier").status()).isEqualTo(404);
  }

  @Test
  void whoManagesMayChange() {
    String id = realm.federated("changed@example.test", "public");
    Api manager = realm.as("manager@example.test");
    assertThat(manager.put("users/" + id + "/tier", "{\"tier\":\"guest\"}").status())
        .isEqualTo(200);
    assertThat(realm.column(id)).isEqualTo("guest");
  }

  /** A token of another realm, at this realm's address. */
  private Api stranger() {
    return new Api(realm.adminUrl(), other.token("stranger@example.test"));
  }

  private static int change(Api api, String method, String path, String body) {
    return (method.equals("PUT") ? api.put(path, body) : api.post(path, body)).status();
  }

  private static int csv(Api api, String file) {
    return api.send("POST", "users/tiers.csv", BodyPublishers.ofString(file), "text/csv", Map.of())
        .status();
  }
}
