// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import org.keycloak.Config;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Registers {@link UnknownUserCost} for every realm, without an entry in the realm's listeners. */
public final class UnknownUserCostFactory implements EventListenerProviderFactory {

  @Override
  public String getId() {
    return "auth-schema-unknown-user-cost";
  }

  @Override
  public boolean isGlobal() {
    return true;
  }

  @Override
  public EventListenerProvider create(KeycloakSession session) {
    return new UnknownUserCost(session);
  }

  @Override
  public void init(Config.Scope config) {}

  @Override
  public void postInit(KeycloakSessionFactory factory) {}

  @Override
  public void close() {}
}
