// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.RequestParameters;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.RequiredTier;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;

/** Changes the tier that one client requires. */
final class ClientTierChange {

  private ClientTierChange() {}

  /**
   * What is asked for.
   *
   * @param requiredTier JSON's null for none; null where the field is missing
   */
  record Wanted(@Nullable JsonNode requiredTier, @Nullable String reason) {

    @Nullable AccessTier tier() {
      if (requiredTier == null) {
        throw Json.bad("requiredTier is missing; give a tier, or null to open the client to all");
      }
      if (requiredTier.isNull()) {
        return null;
      }
      return RequestParameters.tier(requiredTier.isTextual() ? requiredTier.asText() : "");
    }
  }

  /** The answer. */
  record Changed(boolean success, ClientTiers.Required client) {}

  static Changed change(AdminRequest admin, ClientModel client, Wanted wanted) {
    AccessTier tier = wanted.tier();
    if (RequiredTier.EXEMPT_CLIENTS.contains(client.getClientId())) {
      throw Json.bad("Keycloak's own clients and the tier console cannot require a tier");
    }
    String clientId = client.getClientId();
    var unused =
        admin
            .changes(ChangeSource.API)
            .require(admin.realm(), client, tier, RequestParameters.reason(wanted.reason()));
    admin.commit();
    return new Changed(
        true, new ClientTiers.Required(clientId, tier == null ? null : tier.value()));
  }
}
