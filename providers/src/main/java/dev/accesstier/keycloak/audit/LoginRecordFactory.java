// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import org.keycloak.Config;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Registers {@link LoginRecord} for every realm, without an entry in its listeners. */
public final class LoginRecordFactory implements EventListenerProviderFactory {

  private final LoginRecordQueue queue = new LoginRecordQueue();

  @Override
  public String getId() {
    return "auth-schema-security-events";
  }

  @Override
  public boolean isGlobal() {
    return true;
  }

  @Override
  public EventListenerProvider create(KeycloakSession session) {
    return new LoginRecord(session, queue);
  }

  @Override
  public void init(Config.Scope config) {
    // nothing to configure
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    // the worker starts with the first row
  }

  @Override
  public void close() {
    queue.close();
  }
}
