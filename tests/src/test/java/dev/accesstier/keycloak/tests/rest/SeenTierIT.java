// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two admins change one tier at once: the later one is told, and nothing is lost. */
@TestInstance(Lifecycle.PER_CLASS)
final class SeenTierIT {

  private final TierRealm realm = new TierRealm();
  private Api api;

  @BeforeAll
  void makeAdmin() {
    realm.local("admin@example.test", "realm-admin");
    api = realm.as("admin@example.test");
    realm.federated("seen-federated@example.test", "beta");
    api.put("users/" + realm.local("seen-local@example.test") + "/tier", "{\"tier\":\"beta\"}")
        .json(200);
    api.put("clients/app/required-tier", "{\"requiredTier\":\"beta\"}").json(200);
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private String user(String email) {
    return "users/"
        + api.get("users?search=" + email).json(200).get("users").get(0).get("id").asText()
        + "/tier";
  }

  Stream<String> tiers() {
    return Stream.of(
        user("seen-federated@example.test"),
        user("seen-local@example.test"),
        "clients/app/required-tier");
  }

  private static String body(String path, String tier, String from) {
    String field = path.startsWith("clients/") ? "requiredTier" : "tier";
    return "{\"%s\":\"%s\"%s}"
        .formatted(field, tier, from.isEmpty() ? "" : ",\"from\":\"" + from + "\"");
  }

  private Api.Answer matching(String path, String tag, String body) {
    return api.send(
        "PUT",
        path,
        BodyPublishers.ofString(body),
        "application/json",
        Map.of("If-Match", tag, "Accept", "application/json"));
  }

  @ParameterizedTest
  @MethodSource("tiers")
  void aChangeOfWhatIsNotThereAnyMoreIsRefused(String path) {
    api.put(path, body(path, "beta", "")).json(200);
    int entries = api.get(path + "/history").json(200).size();

    JsonNode refused = api.put(path, body(path, "founder", "guest")).json(409);
    assertThat(refused.get("error").asText()).isEqualTo("tier_changed");
    assertThat(refused.get("current").asText()).isEqualTo("beta");
    assertThat(refused.get("errorMessage").asText()).isNotEmpty();
    assertThat(matching(path, "\"guest\"", body(path, "founder", "")).json(412).get("current"))
        .hasToString("\"beta\"");
    assertThat(api.get(path).header("etag")).isEqualTo("\"beta\"");
    assertThat(api.get(path + "/history").json(200)).hasSize(entries);

    api.put(path, body(path, "alpha", "beta")).json(200);
    assertThat(matching(path, api.get(path).header("etag"), body(path, "guest", "")).status())
        .isEqualTo(200);
    assertThat(matching(path, "\"beta\", \"guest\"", body(path, "public", "")).status())
        .isEqualTo(200);
    assertThat(matching(path, "*", body(path, "beta", "")).status()).isEqualTo(200);
    assertThat(api.get(path).header("etag")).isEqualTo("\"beta\"");
  }

  @Test
  void anOpenClientIsSeenAsNone() {
    String path = "clients/" + TierRealm.TOOL + "/required-tier";
    assertThat(api.get(path).header("etag")).isEqualTo("\"none\"");
    api.put(path, body(path, "guest", "beta")).json(409);
    api.put(path, body(path, "guest", "none")).json(200);
    api.put(path, "{\"requiredTier\":null,\"from\":\"none\"}").json(409);
    api.put(path, "{\"requiredTier\":null,\"from\":\"guest\"}").json(200);
  }
}
