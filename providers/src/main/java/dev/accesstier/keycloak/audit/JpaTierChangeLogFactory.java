// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import dev.accesstier.keycloak.change.TierChangeLog;
import dev.accesstier.keycloak.change.TierChangeLogFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.common.util.DurationConverter;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.services.scheduled.ClusterAwareScheduledTaskRunner;
import org.keycloak.timer.TimerProvider;

/** Keeps the trail in Keycloak's own database, and cleans it where the server asks for that. */
public final class JpaTierChangeLogFactory implements TierChangeLogFactory {

  /**
   * Server option {@code spi-access-tier-change-log--jpa--retention}, as 365d; none keeps
   * everything.
   */
  private static final String RETENTION = "retention";

  /** Server option {@code …--clean-up-interval}, as 1h, which is the default. */
  private static final String INTERVAL = "cleanUpInterval";

  private Duration retention = Duration.ZERO;
  private Duration interval = Duration.ofHours(1);

  @Override
  public String getId() {
    return "jpa";
  }

  @Override
  public TierChangeLog create(KeycloakSession session) {
    return new JpaTierChangeLog(session);
  }

  @Override
  public void init(Config.Scope config) {
    retention = duration(config.get(RETENTION), Duration.ZERO);
    interval = duration(config.get(INTERVAL), interval);
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    factory.register(
        event -> {
          if (event instanceof PostMigrationEvent && !retention.isZero()) {
            schedule(factory);
          } else if (event instanceof RealmModel.RealmRemovedEvent removed) {
            new TrailCleanUp(removed.getKeycloakSession()).forgetRealm(removed.getRealm().getId());
          }
        });
  }

  @Override
  public void close() {
    // nothing to release
  }

  private static Duration duration(@Nullable String text, Duration absent) {
    return text == null || text.isBlank() ? absent : DurationConverter.parseDuration(text);
  }

  private void schedule(KeycloakSessionFactory factory) {
    try (KeycloakSession session = factory.create()) {
      session
          .getProvider(TimerProvider.class)
          .schedule(
              new ClusterAwareScheduledTaskRunner(
                  factory, new TierTrailRetention(retention), interval.toMillis()),
              interval.toMillis());
    }
  }
}
