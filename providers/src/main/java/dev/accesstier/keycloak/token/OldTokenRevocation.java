// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.token;

import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientPolicyExecutorConfigurationRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.TokenRevokeContext;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;

/**
 * Takes a token of the old service out of its table when the client revokes it. Keycloak, which
 * does not know the token, then answers 200, as it does to every token that it cannot read.
 */
final class OldTokenRevocation
    implements ClientPolicyExecutorProvider<ClientPolicyExecutorConfigurationRepresentation> {

  private final KeycloakSession session;

  OldTokenRevocation(KeycloakSession session) {
    this.session = session;
  }

  @Override
  public String getProviderId() {
    return OldTokenRevocationFactory.ID;
  }

  @Override
  public void executeOnEvent(ClientPolicyContext context) {
    if (context instanceof TokenRevokeContext request) {
      RealmModel realm = session.getContext().getRealm();
      ClientModel client = session.getContext().getClient();
      String token = request.getParams().getFirst("token");
      if (new OldTokens(session, realm).revoke(token, client.getClientId())) {
        new EventBuilder(realm, session, session.getContext().getConnection())
            .event(EventType.REVOKE_GRANT)
            .client(client)
            .detail(OldTokens.EVENT_DETAIL, "true")
            .storeImmediately(true)
            .success();
      }
    }
  }
}
