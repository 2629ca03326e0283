// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;
import org.keycloak.common.util.Time;
import org.keycloak.models.KeycloakSession;
import org.keycloak.timer.ScheduledTask;

/** Run by Keycloak's timer, on one node at a time: forgets entries that are older than allowed. */
final class TierTrailRetention implements ScheduledTask {

  private static final Logger LOG = Logger.getLogger(TierTrailRetention.class);

  private final Duration kept;

  TierTrailRetention(Duration kept) {
    this.kept = kept;
  }

  @Override
  public void run(KeycloakSession session) {
    Instant limit = Instant.ofEpochMilli(Time.currentTimeMillis()).minus(kept);
    int forgotten = new TrailCleanUp(session).forgetBefore(limit);
    if (forgotten > 0) {
      LOG.infof("%d entries of the trail of tier changes were older than %s", forgotten, kept);
    }
  }
}
