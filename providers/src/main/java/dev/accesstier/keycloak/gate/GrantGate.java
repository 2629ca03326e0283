// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.TierRefusal;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response.Status;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.ErrorPageException;
import org.keycloak.services.cors.Cors;
import org.keycloak.services.messages.Messages;

/**
 * Lets a grant go on or ends it. Ending undoes what the grant did so far, so that no user session
 * stays behind. The exception is the one that no grant swallows; UMA would turn another into status
 * 500 and JWT bearer into {@code invalid_grant}.
 */
final class GrantGate {

  private static final String DESCRIPTION = "The user's access tier does not reach this client";

  private final KeycloakSession session;
  private final RealmModel realm;
  private final TierGate gate;

  GrantGate(KeycloakSession session) {
    this.session = session;
    this.realm = session.getContext().getRealm();
    this.gate = new TierGate(session);
  }

  /**
   * Returns where the user may enter all of the clients.
   *
   * @param within the user's session; null where the request's token is of none
   * @param clients whom the tokens are for, the one that asks first
   */
  void admit(UserModel user, @Nullable UserSessionModel within, Set<ClientModel> clients) {
    if (DeletedUsers.include(session, realm, user)) {
      refuseDeleted(user, within, clients.iterator().next());
    }
    for (ClientModel client : clients) {
      GateSetup.warnIfIncomplete(session, realm, client);
      Optional<TierRefusal> refusal = gate.refusal(realm, client, user);
      if (refusal.isPresent()) {
        refuse(refusal.get(), within);
      }
    }
  }

  private void refuse(TierRefusal refusal, @Nullable UserSessionModel within) {
    RefusalPoint way = way();
    Refusals.report(session, way, refusal, within);
    end(
        way,
        new ErrorPageException(session, Status.FORBIDDEN, DeniedPage.SHORT_MESSAGE),
        OAuthErrorException.ACCESS_DENIED,
        DESCRIPTION);
  }

  /** As Keycloak answers for a user whom it knows to be disabled. */
  private void refuseDeleted(
      UserModel user, @Nullable UserSessionModel within, ClientModel client) {
    RefusalPoint way = way();
    Refusals.reportDeleted(session, way, client, user, within);
    end(
        way,
        new ErrorPageException(session, Status.BAD_REQUEST, Messages.ACCOUNT_DISABLED),
        OAuthErrorException.INVALID_GRANT,
        "User disabled");
  }

  private void end(RefusalPoint way, ErrorPageException page, String error, String description) {
    session.getTransactionManager().setRollbackOnly();
    if (way == RefusalPoint.BROWSER) {
      throw page;
    }
    Cors cors =
        Cors.builder()
            .auth()
            .allowedMethods("POST")
            .exposedHeaders(Cors.ACCESS_CONTROL_ALLOW_METHODS)
            .checkAllowedOrigins(session, session.getContext().getClient());
    throw new CorsErrorResponseException(cors, error, description, Status.BAD_REQUEST);
  }

  private RefusalPoint way() {
    return RefusalPoint.ofGrant(grantType());
  }

  private @Nullable String grantType() {
    MultivaluedMap<String, String> form =
        session.getContext().getHttpRequest().getDecodedFormParameters();
    return form == null ? null : form.getFirst(OAuth2Constants.GRANT_TYPE);
  }
}
