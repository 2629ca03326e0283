// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.mappers.AudienceProtocolMapper;
import org.keycloak.representations.IDToken;

/**
 * Keycloak's audience mapper, which names no closed app in an ID token: that passes nobody but its
 * mappers. In an access token it does, for {@link TokenGate} has to tell a closed app that was
 * asked for from one that is not there.
 */
public final class OpenAudienceMapper extends AudienceProtocolMapper {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public IDToken transformIDToken(
      IDToken token,
      ProtocolMapperModel mapper,
      KeycloakSession session,
      UserSessionModel userSession,
      ClientSessionContext context) {
    IDToken named = super.transformIDToken(token, mapper, session, userSession, context);
    ClosedApps.of(session, userSession.getUser()).leaveOutOfAudience(named);
    return named;
  }
}
