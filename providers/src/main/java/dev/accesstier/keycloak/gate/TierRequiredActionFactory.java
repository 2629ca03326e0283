// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import org.keycloak.Config;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Makes the {@link TierRequiredAction}, which a realm has to register and enable. */
public final class TierRequiredActionFactory implements RequiredActionFactory {

  static final String ID = GateHooks.REQUIRED_ACTION;

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getDisplayText() {
    return "Access tier gate";
  }

  @Override
  public RequiredActionProvider create(KeycloakSession session) {
    return new TierRequiredAction(session);
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
