// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/** The API of the original service: its paths, its answers, the order of its checks. */
@TestInstance(Lifecycle.PER_CLASS)
final class LegacyApiIT {

  private static final String INVALID =
      "{\"error\":\"Invalid tier\",\"message\":\"Tier must be one of: guest, public, beta, alpha, founder\"}";
  private static final String NOBODY = "{\"error\":\"Not found\",\"message\":\"User not found\"}";
  private static final String FORBIDDEN =
      "{\"error\":\"Forbidden\",\"message\":\"Admin access required\"}";

  private final TierRealm realm = new TierRealm();
  private String id;

  @BeforeAll
  void makePeople() {
    String keycloakId = realm.federated("someone@example.test", "beta");
    id = keycloakId.substring(keycloakId.lastIndexOf(':') + 1);
    realm.local("admin@example.test", "view-users", "manage-users");
    realm.local("viewer@example.test", "view-users");
    realm.local("plain@example.test");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private Api as(String user) {
    return new Api(realm.publicUrl() + "api/v1/admin/", realm.token(user));
  }

  @Test
  void aTierIsReadAndChanged() {
    Api admin = as("admin@example.test");
    String before = admin.get("users/" + id + "/tier").json(200).get("accessTier").asText();
    assertThat(admin.get("users/" + id + "/tier").text())
        .isEqualTo(
            "{\"id\":\"%s\",\"email\":\"someone@example.test\",\"accessTier\":\"%s\"}"
                .formatted(id, before));
    String to = before.equals("alpha") ? "founder" : "alpha";

    Api.Answer changed = admin.put("users/" + id + "/tier", "{\"tier\":\"" + to + "\"}");

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.text())
        .isEqualTo(
            "{\"success\":true,\"user\":{\"id\":\"%s\",\"email\":\"someone@example.test\",\"accessTier\":\"%s\"}}"
                .formatted(id, to));
    assertThat(realm.column(id)).isEqualTo(to);
    assertThat(
            realm
                .asMaster()
                .get("users/" + id + "/tier/history")
                .json(200)
                .get(0)
                .get("source")
                .asText())
        .isEqualTo("legacy");
  }

  @Test
  void theTierIsCheckedBeforeTheUser() {
    Api admin = as("admin@example.test");
    for (String body : new String[] {"{}", "{\"tier\":\"gold\"}", "{\"tier\":null}"}) {
      Api.Answer answer = admin.put("users/nobody/tier", body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).isEqualTo(INVALID);
    }
    assertThat(admin.put("users/nobody/tier", "{\"tier\":\"beta\"}").text()).isEqualTo(NOBODY);
    assertThat(admin.put("users/nobody/tier", "{\"tier\":\"beta\"}").status()).isEqualTo(404);
    assertThat(admin.get("users/nobody/tier").text()).isEqualTo(NOBODY);
  }

  @Test
  void thePersonIsCheckedBeforeTheTier() {
    for (Api.Answer answer :
        new Api.Answer[] {
          as("plain@example.test").put("users/nobody/tier", "{\"tier\":\"gold\"}"),
          as("plain@example.test").get("users"),
          as("plain@example.test").get("users/" + id + "/tier"),
          as("viewer@example.test").put("users/" + id + "/tier", "{\"tier\":\"beta\"}")
        }) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.text()).isEqualTo(FORBIDDEN);
    }
    Api nobody = new Api(realm.publicUrl() + "api/v1/admin/", null);
    assertThat(nobody.get("users").status()).isEqualTo(401);
    assertThat(nobody.put("users/nobody/tier", "{\"tier\":\"gold\"}").status()).isEqualTo(401);
  }

  @Test
  void aListCountsItsOwnRows() {
    JsonNode list = as("viewer@example.test").get("users?limit=2&offset=1").json(200);
    assertThat(list.get("count").asInt()).isEqualTo(2);
    assertThat(list.get("users")).hasSize(2);
    assertThat(list.has("total")).isFalse();
    JsonNode some = as("viewer@example.test").get("users?tier=public").json(200);
    assertThat(some.get("users"))
        .isNotEmpty()
        .allMatch(u -> u.get("accessTier").asText().equals("public"));
    assertThat(as("viewer@example.test").get("users?tier=gold").text()).isEqualTo(INVALID);
    assertThat(as("viewer@example.test").get("users").text()).contains("\"id\":\"" + id + "\"");
  }

  @Test
  void aPageOfTheTokensClientMayAsk() {
    ClientRepresentation tool = realm.keycloak().clients().findByClientId(TierRealm.TOOL).get(0);
    tool.setWebOrigins(List.of("https://tool.example"));
    realm.keycloak().clients().get(tool.getId()).update(tool);
    Api admin = as("admin@example.test");
    Api.Answer own = admin.send("GET", "users", null, "", Map.of("Origin", "https://tool.example"));
    assertThat(own.status()).isEqualTo(200);
    assertThat(own.header("access-control-allow-origin")).isEqualTo("https://tool.example");
    Api.Answer foreign =
        admin.send("GET", "users", null, "", Map.of("Origin", "https://evil.example"));
    assertThat(foreign.header("access-control-allow-origin")).isEmpty();
    Api.Answer preflight =
        new Api(realm.publicUrl() + "api/v1/admin/", null)
            .send(
                "OPTIONS",
                "users/x/tier",
                null,
                "",
                Map.of("Origin", "https://tool.example", "Access-Control-Request-Method", "PUT"));
    assertThat(preflight.status()).isEqualTo(200);
    assertThat(preflight.header("access-control-allow-methods")).contains("PUT");
  }

  @Test
  void theRealmCanTurnItOff() {
    set("false");
    try {
      assertThat(as("admin@example.test").get("users").status()).isEqualTo(404);
      assertThat(as("admin@example.test").get("users/" + id + "/tier").status()).isEqualTo(404);
    } finally {
      set("true");
    }
    assertThat(as("admin@example.test").get("users").status()).isEqualTo(200);
  }

  private void set(String value) {
    RealmRepresentation representation = realm.keycloak().toRepresentation();
    representation.getAttributes().put("access.tier.legacy-api", value);
    realm.keycloak().update(representation);
  }
}
