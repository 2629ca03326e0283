// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.TierRefusal;
import jakarta.ws.rs.core.Response.Status;
import org.keycloak.OAuthErrorException;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.representations.idm.ClientPolicyExecutorConfigurationRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.UserInfoRequestContext;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.cors.Cors;
import org.keycloak.utils.OAuth2Error;

/**
 * Answers 403 to userinfo requests with a token that was issued before a demotion. It does not
 * throw the policy exception that Keycloak offers, which would be reported as a fault of a client
 * policy instead of a missing tier.
 */
final class UserInfoExecutor
    implements ClientPolicyExecutorProvider<ClientPolicyExecutorConfigurationRepresentation> {

  private final KeycloakSession session;

  UserInfoExecutor(KeycloakSession session) {
    this.session = session;
  }

  @Override
  public String getProviderId() {
    return UserInfoExecutorFactory.ID;
  }

  @Override
  public void executeOnEvent(ClientPolicyContext context) {
    RealmModel realm = session.getContext().getRealm();
    if (context instanceof UserInfoRequestContext request) {
      AuthenticatedClientSessionModel clientSession = request.getClientSession();
      UserSessionModel within = clientSession.getUserSession();
      if (DeletedUsers.include(session, realm, within.getUser())) {
        refuseDeleted(clientSession, within);
      }
      if (!IssuedTokens.areChecked(realm)) {
        return;
      }
      new TierGate(session)
          .refusal(realm, clientSession.getClient(), within.getUser())
          .ifPresent(refusal -> refuse(refusal, within));
    }
  }

  /** As Keycloak answers for a user whom it knows to be disabled. */
  private void refuseDeleted(AuthenticatedClientSessionModel at, UserSessionModel within) {
    Refusals.reportDeleted(
        session, RefusalPoint.USERINFO, at.getClient(), within.getUser(), within);
    throw new OAuth2Error()
        .session(session)
        .realm(at.getRealm())
        .json(false)
        .cors(Cors.builder().auth().checkAllowedOrigins(session, at.getClient()))
        .invalidToken("User disabled");
  }

  private void refuse(TierRefusal refusal, UserSessionModel within) {
    Refusals.report(session, RefusalPoint.USERINFO, refusal, within);
    throw BearerChallenge.of(
        session,
        Status.FORBIDDEN,
        OAuthErrorException.ACCESS_DENIED,
        "The user's access tier no longer reaches this client",
        Cors.builder().auth().checkAllowedOrigins(session, refusal.client()));
  }
}
