// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.claim;

import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.UserTiers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.dom.saml.v2.assertion.AttributeStatementType;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.saml.mappers.AbstractSAMLProtocolMapper;
import org.keycloak.protocol.saml.mappers.AttributeStatementHelper;
import org.keycloak.protocol.saml.mappers.SAMLAttributeStatementMapper;
import org.keycloak.provider.ProviderConfigProperty;

/** Puts the user's access tier into SAML assertions, as {@link OidcAccessTierMapper} does. */
public final class SamlAccessTierMapper extends AbstractSAMLProtocolMapper
    implements SAMLAttributeStatementMapper {

  /** Provider id, in realm files. */
  public static final String ID = "saml-access-tier-mapper";

  /** Option with the name of the attribute that carries the level; empty: no such attribute. */
  static final String LEVEL_ATTRIBUTE = "level.attribute.name";

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
  public String getDisplayCategory() {
    return AttributeStatementHelper.ATTRIBUTE_STATEMENT_CATEGORY;
  }

  @Override
  public String getHelpText() {
    return "Adds the user's access tier, read at the moment the assertion is made.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return PROPERTIES;
  }

  @Override
  public void transformAttributeStatement(
      AttributeStatementType statement,
      ProtocolMapperModel mapper,
      KeycloakSession session,
      UserSessionModel userSession,
      AuthenticatedClientSessionModel clientSession) {
    AccessTier tier = new UserTiers(session).tierOf(userSession.getRealm(), userSession.getUser());
    String configured = mapper.getConfig().get(AttributeStatementHelper.SAML_ATTRIBUTE_NAME);
    String name =
        configured == null || configured.isBlank() ? AccessTier.ATTRIBUTE : configured.trim();
    add(statement, mapper, name, tier.value());
    String level = mapper.getConfig().get(LEVEL_ATTRIBUTE);
    if (level != null && !level.isBlank()) {
      add(statement, mapper, level.trim(), Integer.toString(tier.level()));
    }
  }

  private static void add(
      AttributeStatementType statement, ProtocolMapperModel mapper, String name, String value) {
    Map<String, String> config = new HashMap<>(mapper.getConfig());
    config.put(AttributeStatementHelper.SAML_ATTRIBUTE_NAME, name);
    ProtocolMapperModel named = new ProtocolMapperModel();
    named.setName(mapper.getName());
    named.setConfig(config);
    AttributeStatementHelper.addAttribute(statement, named, value);
  }

  private static List<ProviderConfigProperty> properties() {
    List<ProviderConfigProperty> properties = new ArrayList<>();
    AttributeStatementHelper.setConfigProperties(properties);
    properties.add(
        new ProviderConfigProperty(
            LEVEL_ATTRIBUTE,
            "Level attribute name",
            "Name of a second attribute with the tier's level, a number from 0 (guest) to 4"
                + " (founder). Empty: none.",
            ProviderConfigProperty.STRING_TYPE,
            null));
    return List.copyOf(properties);
  }
}
