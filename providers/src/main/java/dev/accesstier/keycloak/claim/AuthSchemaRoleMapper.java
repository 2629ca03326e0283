// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.claim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.IDToken;

/**
 * The user's role as the one string that apps of a Better Auth service read: the highest of admin,
 * service and user among the realm roles, {@code user} for a person who has none of them.
 */
public final class AuthSchemaRoleMapper extends UserClaimMapper {

  /** Provider id, in realm files. */
  public static final String ID = "oidc-auth-schema-role-mapper";

  private static final String DEFAULT_CLAIM = "role";
  private static final String LOWEST = "user";
  private static final List<String> HIGHEST_FIRST = List.of("admin", "service");

  private static final List<ProviderConfigProperty> PROPERTIES = properties();

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getDisplayType() {
    return "Better Auth role";
  }

  @Override
  public String getHelpText() {
    return "Adds one role as a string: the highest of admin, service and user.";
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
    role(userSession.getRealm(), user)
        .ifPresent(role -> OIDCAttributeMapperHelper.mapClaim(token, mapper, role));
  }

  private static Optional<String> role(RealmModel realm, UserModel user) {
    Stream<String> names = HIGHEST_FIRST.stream().filter(name -> has(user, realm.getRole(name)));
    return isPerson(user) ? Stream.concat(names, Stream.of(LOWEST)).findFirst() : names.findFirst();
  }

  private static boolean has(UserModel user, RoleModel role) {
    return role != null && user.hasRole(role);
  }

  private static List<ProviderConfigProperty> properties() {
    List<ProviderConfigProperty> properties = new ArrayList<>();
    OIDCAttributeMapperHelper.addTokenClaimNameConfig(properties);
    properties.get(0).setDefaultValue(DEFAULT_CLAIM);
    OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, AuthSchemaRoleMapper.class);
    return List.copyOf(properties);
  }
}
