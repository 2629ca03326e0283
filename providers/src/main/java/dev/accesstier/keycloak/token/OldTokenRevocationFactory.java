// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.token;

import java.util.List;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.idm.ClientPolicyExecutorConfigurationRepresentation;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes the {@link OldTokenRevocation}; it acts where a client policy of the realm names it. */
public final class OldTokenRevocationFactory implements ClientPolicyExecutorProviderFactory {

  /** Provider id, in the client profiles of realm files. */
  static final String ID = "access-tier-old-tokens";

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getHelpText() {
    return "Revokes opaque tokens of the old service in the auth schema, for their own client.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return List.of();
  }

  @Override
  public ClientPolicyExecutorProvider<ClientPolicyExecutorConfigurationRepresentation> create(
      KeycloakSession session) {
    return new OldTokenRevocation(session);
  }

  @Override
  public void init(Config.Scope config) {
    // nothing to configure
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    // nothing to prepare
  }

  @Override
  public void close() {
    // nothing to release
  }
}
