// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

import dev.accesstier.keycloak.application.ApplicationImport.Outcome;
import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.services.scheduled.ClusterAwareScheduledTaskRunner;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.timer.ScheduledTask;
import org.keycloak.timer.TimerProvider;

/**
 * Imports the apps of realms whose component asks for it, on one node at a time. Keycloak's own
 * synchronisation of a component is not used: it forgets every cached user of the realm.
 */
public final class ScheduledImport implements ScheduledTask {

  /** How often it looks which realm is due. */
  private static final Duration TICK = Duration.ofSeconds(10);

  private static final Logger LOG = Logger.getLogger(ScheduledImport.class);

  private final Map<String, Instant> last = new ConcurrentHashMap<>();

  private ScheduledImport() {}

  /** Starts it with the server. */
  public static void register(KeycloakSessionFactory factory) {
    factory.register(
        event -> {
          if (event instanceof PostMigrationEvent) {
            try (KeycloakSession session = factory.create()) {
              session
                  .getProvider(TimerProvider.class)
                  .schedule(
                      new ClusterAwareScheduledTaskRunner(
                          factory, new ScheduledImport(), TICK.toMillis()),
                      TICK.toMillis());
            }
          }
        });
  }

  @Override
  public void run(KeycloakSession session) {
    List<RealmModel> due =
        session
            .realms()
            .getRealmsWithProviderTypeStream(UserStorageProvider.class)
            .filter(realm -> isDue(session, realm))
            .toList();
    for (RealmModel realm : due) {
      last.put(realm.getId(), Instant.now());
      try {
        run(session, realm);
      } catch (RuntimeException e) {
        LOG.warnf("The apps of realm %s could not be imported: %s", realm.getName(), e);
      }
    }
  }

  /** The shortest interval of its components counts. */
  private boolean isDue(KeycloakSession session, RealmModel realm) {
    try {
      Optional<Duration> interval =
          AuthComponents.enabledIn(session, realm)
              .map(AuthComponent::applicationsImport)
              .filter(every -> !every.isZero())
              .min(Duration::compareTo);
      Instant before = last.getOrDefault(realm.getId(), Instant.EPOCH);
      return interval.isPresent() && !before.plus(interval.get()).isAfter(Instant.now());
    } catch (RuntimeException e) {
      // Said where the component is used.
      return false;
    }
  }

  private static void run(KeycloakSession session, RealmModel realm) {
    OldApplications apps = OldApplications.in(session, realm);
    if (apps.areTooMany()) {
      LOG.warnf("Realm %s has too many apps to import", realm.getName());
      return;
    }
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    String realmId = realm.getId();
    apps.found()
        .values()
        .forEach(
            app ->
                counts.merge(
                    KeycloakModelUtils.runJobInTransactionWithResult(
                        session.getKeycloakSessionFactory(), job -> take(job, realmId, app)),
                    1,
                    Integer::sum));
    int news = counts.getOrDefault(Outcome.NEW, 0);
    int changed = counts.getOrDefault(Outcome.CHANGED, 0);
    if (news + changed > 0) {
      LOG.infof(
          "Apps imported into realm %s: %s new, %s changed",
          realm.getName(), Integer.toString(news), Integer.toString(changed));
    }
  }

  private static Outcome take(KeycloakSession session, String realmId, OldApplications.Found app) {
    RealmModel realm = session.realms().getRealm(realmId);
    session.getContext().setRealm(realm);
    return new ApplicationImport(session, realm, null).take(app, false).outcome();
  }
}
