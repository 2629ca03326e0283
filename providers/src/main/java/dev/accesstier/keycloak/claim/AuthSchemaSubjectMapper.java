// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.claim;

import java.util.ArrayList;
import java.util.List;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionModel.SessionPersistenceState;
import org.keycloak.protocol.ProtocolMapperUtils;
import org.keycloak.protocol.oidc.mappers.LogoutTokenMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.IDToken;
import org.keycloak.representations.LogoutToken;
import org.keycloak.storage.StorageId;

/**
 * Gives apps the {@code sub} their data is keyed by: {@code users.id} for users of schema {@code
 * auth}, Keycloak's id for any other user. A client that asks for pairwise subjects gets those.
 */
public final class AuthSchemaSubjectMapper extends UserClaimMapper implements LogoutTokenMapper {

  /** Provider id, in realm files. */
  public static final String ID = "oidc-auth-schema-subject-mapper";

  /** Provider id of the storage whose users keep their own id. */
  private static final String AUTH_SCHEMA = "auth-schema";

  /** After Keycloak's own {@code sub}, and before a pairwise one, which is there to hide the id. */
  private static final int PRIORITY = ProtocolMapperUtils.SUB_MAPPER + 1;

  private static final List<ProviderConfigProperty> PROPERTIES = properties();

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public int getPriority() {
    return PRIORITY;
  }

  @Override
  public String getDisplayType() {
    return "Better Auth user id as subject";
  }

  @Override
  public String getHelpText() {
    return "Sets sub to the id the user has in the auth schema; other users keep Keycloak's id.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return PROPERTIES;
  }

  @Override
  void setClaim(
      IDToken token,
      ProtocolMapperModel mapper,
      KeycloakSession session,
      UserSessionModel userSession,
      UserModel user) {
    token.setSubject(subject(userSession.getRealm(), user));
  }

  /**
   * A token without a session must itself say whose it is, and Keycloak looks for {@code sub} among
   * its own ids, and then for the username.
   */
  @Override
  public AccessToken transformAccessToken(
      AccessToken token,
      ProtocolMapperModel mapper,
      KeycloakSession session,
      UserSessionModel userSession,
      ClientSessionContext clientSession) {
    AccessToken mapped =
        super.transformAccessToken(token, mapper, session, userSession, clientSession);
    UserModel user = userSession.getUser();
    if (isWithoutSession(userSession) && !user.getId().equals(mapped.getSubject())) {
      mapped.setPreferredUsername(user.getUsername());
    }
    return mapped;
  }

  private static boolean isWithoutSession(UserSessionModel userSession) {
    return userSession.getPersistenceState() == SessionPersistenceState.TRANSIENT
        && userSession.getNote(Constants.CREATED_FROM_PERSISTENT) == null;
  }

  @Override
  public LogoutToken transformLogoutToken(
      LogoutToken token,
      ProtocolMapperModel mapper,
      KeycloakSession session,
      UserSessionModel userSession,
      ClientSessionContext clientSession) {
    token.setSubject(subject(userSession.getRealm(), userSession.getUser()));
    return token;
  }

  private static String subject(RealmModel realm, UserModel user) {
    StorageId id = new StorageId(user.getId());
    ComponentModel component = id.isLocal() ? null : realm.getComponent(id.getProviderId());
    return component != null && AUTH_SCHEMA.equals(component.getProviderId())
        ? id.getExternalId()
        : user.getId();
  }

  private static List<ProviderConfigProperty> properties() {
    List<ProviderConfigProperty> properties = new ArrayList<>();
    OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, AuthSchemaSubjectMapper.class);
    return List.copyOf(properties);
  }
}
