// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import java.util.List;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.idm.ClientPolicyExecutorConfigurationRepresentation;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes the {@link UserInfoExecutor}; it acts where a client policy of the realm names it. */
public final class UserInfoExecutorFactory implements ClientPolicyExecutorProviderFactory {

  /** Provider id, in the client profiles of realm files. */
  static final String ID = GateHooks.USERINFO_EXECUTOR;

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getHelpText() {
    return "Refuses userinfo to a token whose user no longer reaches the client's required tier.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return List.of();
  }

  @Override
  public ClientPolicyExecutorProvider<ClientPolicyExecutorConfigurationRepresentation> create(
      KeycloakSession session) {
    return new UserInfoExecutor(session);
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
