// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.claim;

import dev.accesstier.keycloak.matrix.MatrixLinks;
import dev.accesstier.keycloak.schema.AuthMatrixLinks.Link;
import java.util.ArrayList;
import java.util.List;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.ProtocolMapperUtils;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.IDToken;

/**
 * Claim {@code matrix_user_id}: the person's Matrix account, the one that was linked last, or all
 * of them. For the client of a homeserver that names its users by the local part of their address,
 * it makes the link at the first sign-in there.
 */
public final class MatrixUserMapper extends UserClaimMapper {

  /** Provider id, in realm files. */
  public static final String ID = "oidc-matrix-user-mapper";

  private static final String DEFAULT_CLAIM = "matrix_user_id";
  private static final String LINK_AT = "matrix.link.homeserver";

  private static final List<ProviderConfigProperty> PROPERTIES = properties();

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getDisplayType() {
    return "Matrix account";
  }

  @Override
  public String getHelpText() {
    return "Adds the Matrix account that the user has linked last, or all of them.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return PROPERTIES;
  }

  @Override
  public AccessToken transformUserInfoToken(
      AccessToken token,
      ProtocolMapperModel mapper,
      KeycloakSession session,
      UserSessionModel userSession,
      ClientSessionContext clientSession) {
    String homeserver = mapper.getConfig().get(LINK_AT);
    if (homeserver != null && !homeserver.isBlank()) {
      new MatrixLinks(session).linkByEmail(userSession.getUser(), homeserver.strip());
    }
    return super.transformUserInfoToken(token, mapper, session, userSession, clientSession);
  }

  @Override
  void setClaim(
      IDToken token,
      ProtocolMapperModel mapper,
      KeycloakSession session,
      UserSessionModel userSession,
      UserModel user) {
    List<String> ids = new MatrixLinks(session).of(user).stream().map(Link::matrixUserId).toList();
    if (!ids.isEmpty()) {
      boolean all = Boolean.parseBoolean(mapper.getConfig().get(ProtocolMapperUtils.MULTIVALUED));
      OIDCAttributeMapperHelper.mapClaim(token, mapper, all ? ids : ids.get(0));
    }
  }

  private static List<ProviderConfigProperty> properties() {
    List<ProviderConfigProperty> properties = new ArrayList<>();
    OIDCAttributeMapperHelper.addTokenClaimNameConfig(properties);
    properties.get(0).setDefaultValue(DEFAULT_CLAIM);
    properties.add(
        new ProviderConfigProperty(
            ProtocolMapperUtils.MULTIVALUED,
            ProtocolMapperUtils.MULTIVALUED_LABEL,
            "All linked accounts as a list, the one that was linked last first.",
            ProviderConfigProperty.BOOLEAN_TYPE,
            false));
    properties.add(
        new ProviderConfigProperty(
            LINK_AT,
            "Link at homeserver",
            "For the client of a homeserver whose user ids are the local parts of email addresses:"
                + " its server name. When it asks userinfo, a user without a link whose verified"
                + " address has a local part that nobody else has is linked to that id. A link of"
                + " somebody else is never moved. Empty: off.",
            ProviderConfigProperty.STRING_TYPE,
            ""));
    OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, MatrixUserMapper.class);
    return List.copyOf(properties);
  }
}
