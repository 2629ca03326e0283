// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.accesstier.keycloak.schema.AuthTokens;
import dev.accesstier.keycloak.tier.ClientTierSettings;
import dev.accesstier.keycloak.token.OldToken;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.Urls;
import org.keycloak.util.JsonSerialization;
import org.keycloak.util.TokenUtil;

/** Says of an opaque access token of the old service what Keycloak says of its own. */
final class OldTokenIntrospection {

  private final KeycloakSession session;
  private final RealmModel realm;
  private final EventBuilder event;

  OldTokenIntrospection(KeycloakSession session, EventBuilder event) {
    this.session = session;
    this.realm = session.getContext().getRealm();
    this.event = event;
  }

  /** Active for the token's own client and for those that an admin lets ask for all. */
  Response answer(OldToken token) {
    AuthTokens.Row row = token.row();
    event.detail(Details.TOKEN_ISSUED_FOR, row.clientId()).detail(Details.TOKEN_TYPE, "opaque");
    ClientModel client = realm.getClientByClientId(row.clientId());
    if (client == null || !client.isEnabled() || !mayAsk(row)) {
      return inactive("The client may not ask for it, or its own client is gone or disabled");
    }
    Optional<UserModel> user = token.user(session, realm, client);
    if (user.isEmpty()) {
      return inactive("Its user is gone or disabled, or it was issued before a not-before policy");
    }
    event.user(user.get());
    if (!IssuedTokens.stillOpen(session, event, client, user.get())) {
      return inactive(null);
    }
    event.success();
    ObjectNode said = JsonSerialization.createObjectNode();
    said.put("active", true)
        .put("token_type", TokenUtil.TOKEN_TYPE_BEARER)
        .put("iss", Urls.realmIssuer(session.getContext().getUri().getBaseUri(), realm.getName()))
        .put("sub", row.userId())
        .put("client_id", row.clientId())
        .put("username", user.get().getUsername())
        .put("scope", row.scopes())
        .put("iat", row.created().getEpochSecond())
        .put("exp", row.expires().getEpochSecond());
    return answer(said);
  }

  private boolean mayAsk(AuthTokens.Row row) {
    ClientModel asker = session.getContext().getClient();
    return row.clientId().equals(asker.getClientId())
        || new ClientTierSettings(asker).mayIntrospectOldTokens();
  }

  /**
   * Ends the event as well.
   *
   * @param reason null where it has been ended
   */
  private Response inactive(@Nullable String reason) {
    if (reason != null) {
      event.detail(Details.REASON, reason).error(Errors.INVALID_TOKEN);
    }
    return answer(JsonSerialization.createObjectNode().put("active", false));
  }

  private static Response answer(ObjectNode said) {
    return Response.ok(said.toString(), MediaType.APPLICATION_JSON_TYPE).build();
  }
}
