// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.keycloak.tests.support.Oidc;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;

/** Which clients are gated, and what a missing or misspelt value means. */
@TestInstance(Lifecycle.PER_CLASS)
class WhoIsGatedIT {

  private final GateRealm realm = GateRealm.create();

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"guest", "public", "fonder", ""})
  void clientWithoutTheAttributeIsOpen(String tier) {
    assertThat(realm.password("open", realm.user(tier), "openid").getStatusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"guest", "public", "founder"})
  void unknownRequiredTierLetsNobodyIn(String tier) {
    HTTPResponse response = realm.password("misspelt", realm.user(tier), "openid");

    assertThat(response.getStatusCode()).isEqualTo(400);
    assertThat(response.getBody()).contains("access_denied");
  }

  @ParameterizedTest
  @CsvSource({
    "public,'',200",
    "public,fonder,400",
    "public,guest,400",
    "guest,fonder,200",
    "beta,'',400",
    "founder,founder,200",
    "founder,alpha,400"
  })
  void tierOfTheUserIsCompared(String required, String tier, int status) {
    realm.attribute("portal", "access.tier.required", required);
    ClientRepresentation portal = realm.client("portal").toRepresentation();
    portal.setPublicClient(false);
    portal.setSecret(Oidc.SECRET);
    portal.setDirectAccessGrantsEnabled(true);
    realm.client("portal").update(portal);

    assertThat(realm.password("portal", realm.user(tier), "openid").getStatusCode())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"account", "account-console", "admin-cli", "security-admin-console", "broker"})
  void keycloaksOwnClientsStayOpen(String own) {
    realm.attribute(own, "access.tier.required", "founder");
    ClientRepresentation client = realm.client(own).toRepresentation();
    client.setBearerOnly(false);
    client.setPublicClient(false);
    client.setSecret(Oidc.SECRET);
    client.setDirectAccessGrantsEnabled(true);
    realm.client(own).update(client);

    assertThat(realm.password(own, realm.user("guest"), "openid").getStatusCode()).isEqualTo(200);
  }

  @Test
  void otherRealmsAreUntouched() {
    try (GateRealm other = GateRealm.create()) {
      other.attribute("gated", "access.tier.required", "");
      assertThat(realm.password("gated", realm.user("guest"), "openid").getStatusCode())
          .isEqualTo(400);
      assertThat(other.password("gated", other.user("guest"), "openid").getStatusCode())
          .isEqualTo(200);
      assertThat(realm.password("gated", realm.user("guest"), "openid").getStatusCode())
          .isEqualTo(400);
    }
  }
}
