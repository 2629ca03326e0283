// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.provider;

import org.jboss.logging.Logger;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;

/** Looks at every {@link OwnProvider} once, when the server has started; mistakes are errors. */
public final class ProviderCheck {

  private static final Logger LOG = Logger.getLogger(ProviderCheck.class);

  private ProviderCheck() {}

  public static void register(KeycloakSessionFactory factories) {
    factories.register(
        event -> {
          if (event instanceof PostMigrationEvent) {
            check(factories);
          }
        });
  }

  private static void check(KeycloakSessionFactory factories) {
    OwnProvider.lost(factories).forEach(LOG::error);
    try {
      KeycloakModelUtils.runJobInTransaction(
          factories,
          session -> {
            session.getContext().setRealm(session.realms().getRealmByName(Config.getAdminRealm()));
            OwnProvider.broken(session).forEach(LOG::error);
          });
    } catch (RuntimeException e) {
      // For example a command such as "import", which ends while this runs.
      LOG.debug("The providers could not be looked at", e);
    }
  }
}
