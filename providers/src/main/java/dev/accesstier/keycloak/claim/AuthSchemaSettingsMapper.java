// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.claim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.accesstier.keycloak.settings.Settings;
import dev.accesstier.keycloak.settings.UserSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.mappers.AbstractOIDCProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.protocol.oidc.mappers.TokenIntrospectionTokenMapper;
import org.keycloak.protocol.oidc.mappers.UserInfoTokenMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.IDToken;

/**
 * Claim {@code settings}: what the person has set for all apps, overlaid by what they have set in
 * the one that asks. It is said at userinfo and introspection alone; a token would carry it around.
 */
public final class AuthSchemaSettingsMapper extends AbstractOIDCProtocolMapper
    implements UserInfoTokenMapper, TokenIntrospectionTokenMapper {

  private static final String CLAIM = "settings";

  private static final List<ProviderConfigProperty> PROPERTIES = properties();

  @Override
  public String getId() {
    return "oidc-auth-schema-settings-mapper";
  }

  @Override
  public String getDisplayCategory() {
    return TOKEN_MAPPER_CATEGORY;
  }

  @Override
  public String getDisplayType() {
    return "Better Auth settings";
  }

  @Override
  public String getHelpText() {
    return "Adds what the user has set in the app, at userinfo and introspection.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return PROPERTIES;
  }

  @Override
  protected void setClaim(
      IDToken token,
      ProtocolMapperModel mapper,
      UserSessionModel userSession,
      KeycloakSession session,
      ClientSessionContext clientSession) {
    Optional<ObjectNode> settings =
        UserSettings.of(session, userSession.getRealm(), userSession.getUser())
            .flatMap(UserSettings::read)
            .map(all -> overlaid(all, clientSession.getClientSession().getClient().getClientId()));
    settings.ifPresent(value -> token.getOtherClaims().put(CLAIM, value));
  }

  private static ObjectNode overlaid(Settings all, String app) {
    if (all.apps().get(app) instanceof ObjectNode own) {
      all.mergeGlobal(own);
    }
    return all.global();
  }

  private static List<ProviderConfigProperty> properties() {
    List<ProviderConfigProperty> properties = new ArrayList<>();
    OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, AuthSchemaSettingsMapper.class);
    return List.copyOf(properties);
  }
}
