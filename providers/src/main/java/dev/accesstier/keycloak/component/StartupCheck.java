// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import java.util.List;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageProviderModel;

/**
 * Looks at every enabled component once, when the server has started: an admin reads of a mistake
 * in the log, and not from people who cannot sign in. In a thread of its own, since a database that
 * does not answer must not hold up the other realms.
 */
public final class StartupCheck implements Runnable {

  private static final Logger LOG = Logger.getLogger(StartupCheck.class);

  private final KeycloakSessionFactory factory;
  private final BiConsumer<KeycloakSession, ComponentModel> check;

  private StartupCheck(
      KeycloakSessionFactory factory, BiConsumer<KeycloakSession, ComponentModel> check) {
    this.factory = factory;
    this.check = check;
  }

  public static void register(
      KeycloakSessionFactory factory, BiConsumer<KeycloakSession, ComponentModel> check) {
    factory.register(
        event -> {
          if (event instanceof PostMigrationEvent) {
            Thread thread = new Thread(new StartupCheck(factory, check), "access-tier-startup");
            thread.setDaemon(true);
            thread.start();
          }
        });
  }

  @Override
  public void run() {
    try {
      KeycloakModelUtils.runJobInTransaction(factory, session -> forEachComponent(session, check));
    } catch (RuntimeException e) {
      // For example a command such as "import", which ends while this runs.
      LOG.debug("The components could not be looked at", e);
    }
  }

  /** Goes through all realms. */
  static void forEachComponent(
      KeycloakSession session, BiConsumer<KeycloakSession, ComponentModel> work) {
    List<RealmModel> realms =
        session.realms().getRealmsWithProviderTypeStream(UserStorageProvider.class).toList();
    for (RealmModel realm : realms) {
      session.getContext().setRealm(realm);
      realm
          .getStorageProviders(UserStorageProvider.class)
          .filter(component -> AuthComponents.PROVIDER_ID.equals(component.getProviderId()))
          .filter(component -> new UserStorageProviderModel(component).isEnabled())
          .forEach(component -> work.accept(session, component));
    }
  }
}
