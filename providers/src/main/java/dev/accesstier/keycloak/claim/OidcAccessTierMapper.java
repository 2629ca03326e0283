// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.claim;

import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.UserTiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.IDToken;

/**
 * Puts the user's access tier into OIDC tokens: its lower-case name, and on request its level from
 * 0 to 4 in a second claim. A service account has none.
 */
public final class OidcAccessTierMapper extends UserClaimMapper {

  /** Provider id, in realm files. */
  public static final String ID = "oidc-access-tier-mapper";

  /** Option with the name of the claim that carries the level; empty: no such claim. */
  static final String LEVEL_CLAIM = "level.claim.name";

  private static final List<ProviderConfigProperty> PROPERTIES = properties();

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getDisplayType() {
    return "Access tier";
  }

  @Override
  public String getHelpText() {
    return "Adds the user's access tier, read at the moment the token is made.";
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
    if (!isPerson(user)) {
      return;
    }
    AccessTier tier = new UserTiers(session).tierOf(userSession.getRealm(), user);
    String configured = mapper.getConfig().get(OIDCAttributeMapperHelper.TOKEN_CLAIM_NAME);
    String name =
        configured == null || configured.isBlank() ? AccessTier.ATTRIBUTE : configured.trim();
    OIDCAttributeMapperHelper.mapClaim(token, named(mapper, name, "String"), tier.value());
    String level = mapper.getConfig().get(LEVEL_CLAIM);
    if (level != null && !level.isBlank()) {
      OIDCAttributeMapperHelper.mapClaim(token, named(mapper, level.trim(), "int"), tier.level());
    }
  }

  /** The same mapper under another claim: Keycloak's helper knows dots and reserved names. */
  private static ProtocolMapperModel named(ProtocolMapperModel mapper, String claim, String type) {
    ProtocolMapperModel named = new ProtocolMapperModel();
    named.setName(mapper.getName());
    named.setProtocolMapper(mapper.getProtocolMapper());
    named.setConfig(
        Map.of(
            OIDCAttributeMapperHelper.TOKEN_CLAIM_NAME,
            claim,
            OIDCAttributeMapperHelper.JSON_TYPE,
            type));
    return named;
  }

  private static List<ProviderConfigProperty> properties() {
    List<ProviderConfigProperty> properties = new ArrayList<>();
    OIDCAttributeMapperHelper.addTokenClaimNameConfig(properties);
    properties.get(0).setDefaultValue(AccessTier.ATTRIBUTE);
    properties.add(
        new ProviderConfigProperty(
            LEVEL_CLAIM,
            "Level claim name",
            "Name of a second claim with the tier's level, a number from 0 (guest) to 4 (founder)."
                + " Empty: none.",
            ProviderConfigProperty.STRING_TYPE,
            null));
    OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, OidcAccessTierMapper.class);
    return List.copyOf(properties);
  }
}
