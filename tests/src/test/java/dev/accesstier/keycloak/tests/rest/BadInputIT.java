// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent, the answer is a sentence and nothing has changed. */
@TestInstance(Lifecycle.PER_CLASS)
final class BadInputIT {

  private final TierRealm realm = new TierRealm();
  private String user;

  @BeforeAll
  void makeUser() {
    user = realm.federated("target@example.test", "beta");
  }

  @AfterAll
  void nothingHasChanged() {
    try {
      assertThat(realm.column(user)).isEqualTo("beta");
      assertThat(realm.asMaster().get("history").json(200)).isEmpty();
    } finally {
      realm.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"tier\":",
        "null",
        "[]",
        "\"beta\"",
        "7",
        "{}",
        "{\"tier\":null}",
        "{\"tier\":7}",
        "{\"tier\":true}",
        "{\"tier\":[\"alpha\"]}",
        "{\"tier\":{\"name\":\"alpha\"}}",
        "{\"tier\":\"\"}",
        "{\"tier\":\"gold\"}",
        "{\"tier\":\"ALPHA\"}",
        "{\"tier\":\" alpha\"}",
        "{\"tier\":\"alpha\",\"color\":\"red\"}",
        "{\"tier\":\"alpha\",\"reason\":5}",
        "{\"tier\":\"alpha\",\"tier\":\"founder\"}",
        "{\"tier\":\"alpha\"} trailing",
        "{\"tier\":\"alpha\",\"reason\":\"\\u0000\"}",
        "{\"tier\":\"alpha\",\"reason\":\"\\ud800\"}",
        "tier=alpha"
      })
  void aChangeOfATier(String body) {
    assertRefused(realm.asMaster().put("users/" + user + "/tier", body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"requiredTier\":\"gold\"}",
        "{\"requiredTier\":5}",
        "{\"requiredTier\":{}}",
        "{\"required\":\"alpha\"}",
        "{\"requiredTier\":\"alpha\",\"reason\":[]}"
      })
  void aChangeOfARequiredTier(String body) {
    assertRefused(realm.asMaster().put("clients/app/required-tier", body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"tier\":\"alpha\"}",
        "{\"ids\":[],\"filter\":{},\"tier\":\"alpha\"}",
        "{\"filter\":{},\"tier\":\"alpha\"}",
        "{\"filter\":{\"search\":\"*\"},\"tier\":\"alpha\"}",
        "{\"filter\":{},\"all\":false,\"tier\":\"alpha\"}",
        "{\"filter\":{},\"all\":\"true\",\"tier\":\"alpha\"}",
        "{\"filter\":{\"tier\":\"gold\"},\"tier\":\"alpha\"}",
        "{\"filter\":{\"name\":\"x\"},\"tier\":\"alpha\"}",
        "{\"filter\":{\"search\":\"\\u0000\"},\"tier\":\"alpha\"}",
        "{\"filter\":{\"search\":\"\\u0001\"},\"tier\":\"alpha\"}",
        "{\"filter\":{\"search\":\"\\ud800\"},\"tier\":\"alpha\"}",
        "{\"filter\":{\"search\":\" \\t\"},\"tier\":\"alpha\"}",
        "{\"ids\":\"x\",\"tier\":\"alpha\"}",
        "{\"ids\":[null],\"tier\":\"alpha\"}",
        "{\"ids\":[5],\"tier\":\"alpha\"}",
        "{\"ids\":[\"x\"],\"tier\":\"gold\"}",
        "{\"ids\":[\"x\"],\"tier\":\"alpha\",\"dryRun\":\"yes\"}"
      })
  void aChangeOfMany(String body) {
    assertRefused(realm.asMaster().post("users/tier", body));
  }

  @Test
  void tooManyIds() {
    String ids = "\"x\",".repeat(10_000) + "\"x\"";
    assertRefused(
        realm.asMaster().post("users/tier", "{\"ids\":[" + ids + "],\"tier\":\"alpha\"}"));
  }

  @ParameterizedTest
  @CsvSource({
    "users?tier=gold",
    "users?max=1001",
    "users?max=-1",
    "users?max=x",
    "users?first=-1",
    "users?first=99999999999",
    "users?search=%00",
    "users/x/tier/history?max=x",
    "history?first=x"
  })
  void aQuery(String path) {
    assertRefused(realm.asMaster().get(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "id,tier\n", "id;email;access_tier\n", "\"id,email,access_tier\n", "{}"})
  void aFile(String file) {
    assertRefused(csv(file));
  }

  @Test
  void aBodyOfTenMegabytes() {
    String long1 = "{\"tier\":\"" + "a".repeat(10_000_000) + "\"}";
    for (String path : new String[] {"users/" + user + "/tier", "clients/app/required-tier"}) {
      assertThat(realm.asMaster().put(path, long1).status()).isEqualTo(413);
    }
    assertThat(realm.asMaster().post("users/tier", long1).status()).isEqualTo(413);
    assertThat(csv("id,email,access_tier\n" + "x".repeat(10_000_000)).status()).isEqualTo(413);
  }

  @Test
  void aFileOfTooManyLines() {
    String line = "nobody,,beta\n";
    assertThat(csv("id,email,access_tier\n" + line.repeat(100_001)).status()).isEqualTo(413);
    assertThat(csv("id,email,access_tier\n" + ",".repeat(8_000_000)).status()).isEqualTo(200);
  }

  @Test
  void aFileInAnotherEncoding() {
    Api.Answer answer =
        realm
            .asMaster()
            .send(
                "POST",
                "users/tiers.csv",
                BodyPublishers.ofByteArray(
                    "id,email,access_tier\nm\u00fc,,beta\n".getBytes(StandardCharsets.ISO_8859_1)),
                "text/csv",
                Map.of());
    assertRefused(answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nobody",
        "f:nothing:nobody",
        "f:",
        "00000000-0000-0000-0000-000000000000",
        "%F0%9F%A6%84",
        "a%20b"
      })
  void aUserWhoIsNotThere(String id) {
    assertThat(realm.asMaster().get("users/" + id + "/tier").status()).isEqualTo(404);
    assertThat(realm.asMaster().get("users/" + id + "/tier/history").status()).isEqualTo(404);
    assertThat(realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}").status())
        .isEqualTo(404);
  }

  @Test
  void aClientThatIsNotThere() {
    assertThat(realm.asMaster().get("clients/nothing/required-tier").status()).isEqualTo(404);
    assertThat(
            realm
                .asMaster()
                .put("clients/nothing/required-tier", "{\"requiredTier\":\"beta\"}")
                .status())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"account", "account-console", "admin-cli", "broker", "security-admin-console"})
  void keycloaksOwnClientsRequireNoTier(String client) {
    assertRefused(
        realm
            .asMaster()
            .put("clients/" + client + "/required-tier", "{\"requiredTier\":\"beta\"}"));
  }

  @Test
  void aServiceAccountHasNoTier() {
    var client = realm.keycloak().clients().findByClientId(TierRealm.TOOL).get(0);
    client.setServiceAccountsEnabled(true);
    realm.keycloak().clients().get(client.getId()).update(client);
    String id = realm.keycloak().clients().get(client.getId()).getServiceAccountUser().getId();
    assertRefused(realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"alpha\"}"));
  }

  @Test
  void anotherTypeOfBody() {
    Api.Answer answer =
        realm
            .asMaster()
            .send(
                "PUT",
                "users/" + user + "/tier",
                BodyPublishers.ofString("tier=alpha"),
                "application/x-www-form-urlencoded",
                Map.of());
    assertThat(answer.status()).isEqualTo(415);
  }

  private Api.Answer csv(String file) {
    return realm
        .asMaster()
        .send("POST", "users/tiers.csv", BodyPublishers.ofString(file), "text/csv", Map.of());
  }

  private static void assertRefused(Api.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    JsonNode body = answer.json();
    // What the server itself refuses has Keycloak's other form.
    assertThat(body.path("errorMessage").asText() + body.path("error").asText())
        .as(answer.text())
        .hasSizeGreaterThan(10);
  }
}
