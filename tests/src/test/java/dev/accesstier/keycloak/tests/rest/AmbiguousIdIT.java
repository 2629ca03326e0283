// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ComponentRepresentation;

/** Two components of a realm have a row of the same id. */
final class AmbiguousIdIT {

  @Test
  void anIdOfSeveralUsersIsNobodysUnlessItIsKeycloaks() {
    try (TierRealm realm = new TierRealm()) {
      String id = realm.federated("twice@example.test", "beta");
      String row = id.substring(id.lastIndexOf(':') + 1);
      Api api = realm.asMaster();
      api.get("users/" + row + "/tier").json(200);
      ComponentRepresentation second = realm.realm.component();
      second.setId(null);
      second.setName("the same again");
      realm.keycloak().components().add(second).close();

      for (String path : new String[] {"tier", "tier/history"}) {
        assertThat(api.get("users/" + row + "/" + path).status()).as(path).isEqualTo(409);
        assertThat(api.get("users/" + id + "/" + path).status()).as(path).isEqualTo(200);
      }
      JsonNode refused = api.put("users/" + row + "/tier", "{\"tier\":\"alpha\"}").json(409);
      assertThat(refused.get("errorMessage").asText()).contains("several components");
      JsonNode bulk =
          api.post("users/tier", "{\"ids\":[\"%s\"],\"tier\":\"alpha\"}".formatted(row)).json(200);
      assertThat(bulk.get("failed").get(0).get("error").asText()).contains("several components");
      assertThat(realm.column(id)).isEqualTo("beta");
    }
  }
}
