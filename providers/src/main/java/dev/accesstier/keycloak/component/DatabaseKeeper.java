// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import dev.accesstier.keycloak.database.AfterCommit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.ProviderEvent;

/**
 * Keeps those databases open that the enabled components of this server name: soon after a change
 * on this node, and every minute because nobody tells of one on another. In a thread of its own,
 * since nobody shall wait for a database that is opened.
 */
public final class DatabaseKeeper implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DatabaseKeeper.class);
  private static final int INTERVAL_SECONDS = 60;

  /** Reads a component's settings. */
  @FunctionalInterface
  public interface Reader {
    ComponentSettings read(KeycloakSession session, ComponentModel component);
  }

  private final AuthDatabases databases;
  private final Reader settings;
  private final BiConsumer<KeycloakSessionFactory, List<KnownComponent>> listener;
  private final ScheduledThreadPoolExecutor worker =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread thread = new Thread(work, "access-tier-databases");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param listener told of the enabled components each time, once their databases are open
   */
  public DatabaseKeeper(
      AuthDatabases databases,
      Reader settings,
      BiConsumer<KeycloakSessionFactory, List<KnownComponent>> listener) {
    this.databases = databases;
    this.settings = settings;
    this.listener = listener;
  }

  public void register(KeycloakSessionFactory factory) {
    factory.register(this::onEvent);
  }

  private void onEvent(ProviderEvent event) {
    if (event instanceof PostMigrationEvent started) {
      KeycloakSessionFactory factory = started.getFactory();
      var unused =
          worker.scheduleWithFixedDelay(() -> run(factory), 0, INTERVAL_SECONDS, TimeUnit.SECONDS);
    } else if (event instanceof RealmModel.RealmPostCreateEvent created) {
      afterCommit(created.getKeycloakSession());
    } else if (event instanceof RealmModel.RealmRemovedEvent removed) {
      afterCommit(removed.getKeycloakSession());
    }
  }

  /** Looks again when what this session does is committed. */
  public void afterCommit(KeycloakSession session) {
    KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
    AfterCommit.run(session, () -> soon(factory));
  }

  private void soon(KeycloakSessionFactory factory) {
    try {
      worker.execute(() -> run(factory));
    } catch (RejectedExecutionException e) {
      LOG.debug("The server stops", e);
    }
  }

  private void run(KeycloakSessionFactory factory) {
    try {
      // Connections are opened after this transaction, which holds one of Keycloak's.
      List<KnownComponent> components =
          KeycloakModelUtils.runJobInTransactionWithResult(factory, this::enabled);
      databases.keep(
          components.stream()
              .flatMap(component -> component.settings().database().stream())
              .collect(Collectors.toSet()));
      listener.accept(factory, components);
    } catch (RuntimeException e) {
      // For example one of Keycloak's database: the next minute will tell.
      LOG.debug("The components could not be looked at", e);
    }
  }

  private List<KnownComponent> enabled(KeycloakSession session) {
    List<KnownComponent> enabled = new ArrayList<>();
    BiConsumer<KeycloakSession, ComponentModel> add =
        (within, component) -> {
          try {
            enabled.add(
                new KnownComponent(
                    within.getContext().getRealm().getId(),
                    component.getId(),
                    settings.read(within, component)));
          } catch (ComponentValidationException e) {
            LOG.debugf("Component %s cannot be used", component.getName());
          }
        };
    StartupCheck.forEachComponent(session, add);
    return enabled;
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
