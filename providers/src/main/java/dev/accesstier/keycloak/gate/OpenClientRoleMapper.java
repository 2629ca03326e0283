// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.ProtocolMapperUtils;
import org.keycloak.protocol.oidc.mappers.UserClientRoleMappingMapper;
import org.keycloak.representations.IDToken;

/**
 * Keycloak's mapper of client roles, without the roles of closed apps. It writes into ID tokens and
 * userinfo as well, which pass nobody but their mappers.
 */
public final class OpenClientRoleMapper extends UserClientRoleMappingMapper {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  /** A mapper for one closed app writes nothing, whatever its claim is called. */
  @Override
  protected void setClaim(
      IDToken token,
      ProtocolMapperModel mapper,
      UserSessionModel userSession,
      KeycloakSession session,
      ClientSessionContext context) {
    ClosedApps closed = ClosedApps.of(session, userSession.getUser());
    String one =
        mapper.getConfig().get(ProtocolMapperUtils.USER_MODEL_CLIENT_ROLE_MAPPING_CLIENT_ID);
    if (one == null || !closed.include(one)) {
      super.setClaim(token, mapper, userSession, session, context);
      closed.leaveOutOfRoles(token);
    }
  }
}
