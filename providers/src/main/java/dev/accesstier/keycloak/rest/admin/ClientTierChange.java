// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.SeenTier;
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
   * @param from what was seen, {@code none} for nothing; null: whatever it is
   */
  record Wanted(@Nullable JsonNode requiredTier, @Nullable String reason, @Nullable String from) {

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

  /**
   * Commits.
   *
   * @throws dev.accesstier.keycloak.change.TierMovedException when the client requires another one
   *     than was seen
   */
  static Changed change(AdminRequest admin, ClientModel client, Wanted wanted, SeenTier seen) {
    AccessTier tier = wanted.tier();
    if (RequiredTier.EXEMPT_CLIENTS.contains(client.getClientId())) {
      throw ApiError.OWN_CLIENT.exception();
    }
    String clientId = client.getClientId();
    var unused =
        admin
            .changes(ChangeSource.API)
            .require(admin.realm(), client, tier, seen, RequestParameters.reason(wanted.reason()));
    admin.commit();
    return new Changed(
        true, new ClientTiers.Required(clientId, tier == null ? null : tier.value()));
  }
}
