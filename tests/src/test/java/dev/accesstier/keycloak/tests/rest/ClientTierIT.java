// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.ClientRepresentation;

/** Required tiers of clients, edited without Keycloak's console. */
@TestInstance(Lifecycle.PER_CLASS)
final class ClientTierIT {

  private final TierRealm realm = new TierRealm();
  private Api api;

  @BeforeAll
  void makeClients() {
    api = realm.asMaster();
    realm.many("u", 10);
    add("gated", Map.of("access.tier.required", "alpha"));
    add("old", Map.of("access.tier.required", "beta", "access.tier.archived", "true"));
    add("misspelt", Map.of("access.tier.required", "fonder"));
    add("https://saml.example/sp", Map.of());
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  private void add(String clientId, Map<String, String> attributes) {
    ClientRepresentation client = TestRealm.client(clientId);
    client.setName("The " + clientId);
    client.setAttributes(attributes);
    realm.realm.add(client);
  }

  @Test
  void everyGatedClientIsListedWithHowManyMayEnter() {
    JsonNode clients = api.get("clients").json(200);
    assertThat(clients.toString())
        .contains(
            "{\"clientId\":\"gated\",\"name\":\"The gated\",\"requiredTier\":\"alpha\",\"archived\":false,\"usersWithAccess\":4,")
        .contains(
            "\"clientId\":\"old\",\"name\":\"The old\",\"requiredTier\":\"beta\",\"archived\":true")
        .contains("\"requiredTier\":\"fonder\",\"archived\":false,\"usersWithAccess\":0,");
    JsonNode summary = api.get("summary").json(200);
    assertThat(summary.get("clients").get("beta").asInt()).isEqualTo(1);
    assertThat(summary.get("users").get("founder").asInt()).isEqualTo(2);
  }

  @Test
  void aTierIsSetChangedAndTakenAway() {
    String path = "clients/app/required-tier";
    assertThat(api.get(path).json(200).toString())
        .isEqualTo("{\"clientId\":\"app\",\"requiredTier\":null}");
    String id = realm.federated("visitor@example.test", "public");
    assertThat(id).isNotEmpty();

    api.put(path, "{\"requiredTier\":\"founder\",\"reason\":\"closed\"}").json(200);
    assertThat(api.get(path).json(200).get("requiredTier").asText()).isEqualTo("founder");
    assertThat(realm.realm.oidc().password("app", "nobody-local@example.test", "x").getStatusCode())
        .isNotEqualTo(200);
    api.put(path, "{\"requiredTier\":\"beta\"}").json(200);
    api.put(path, "{\"requiredTier\":\"beta\"}").json(200);
    api.put(path, "{\"requiredTier\":null}").json(200);
    assertThat(api.get(path).json(200).get("requiredTier").isNull()).isTrue();

    JsonNode trail = api.get("clients/app/required-tier/history").json(200);
    assertThat(trail).hasSize(3);
    assertThat(trail.get(0).get("from").asText()).isEqualTo("beta");
    assertThat(trail.get(0).get("to").isNull()).isTrue();
    assertThat(trail.get(2).get("from").isNull()).isTrue();
    assertThat(trail.get(2).get("reason").asText()).isEqualTo("closed");
    assertThat(realm.events())
        .filteredOn(event -> event.getResourcePath().startsWith("clients/"))
        .hasSize(3);
  }

  @Test
  void aChangeCountsAtOnce() {
    realm.local("member@example.test");
    assertThat(login("member@example.test")).isEqualTo(200);
    api.put("clients/" + TierRealm.TOOL + "/required-tier", "{\"requiredTier\":\"beta\"}")
        .json(200);
    assertThat(login("member@example.test")).isEqualTo(400);
    api.put("clients/" + TierRealm.TOOL + "/required-tier", "{\"requiredTier\":null}").json(200);
    assertThat(login("member@example.test")).isEqualTo(200);
  }

  @Test
  void aClientIdWithSlashesIsNamedByItsInternalId() {
    String id = realm.keycloak().clients().findByClientId("https://saml.example/sp").get(0).getId();
    assertThat(
            api.put("clients/" + id + "/required-tier", "{\"requiredTier\":\"alpha\"}")
                .json(200)
                .get("client")
                .get("clientId")
                .asText())
        .isEqualTo("https://saml.example/sp");
  }

  private int login(String user) {
    return realm.realm.oidc().password(TierRealm.TOOL, user, "correct horse").getStatusCode();
  }
}
