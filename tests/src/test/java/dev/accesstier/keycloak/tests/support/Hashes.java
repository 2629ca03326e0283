// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import dev.accesstier.devserver.KeycloakServer;

/** How many password hashes of Better Auth's kind a server has computed, by its counter. */
public final class Hashes {

  private final ScrapedMetrics metrics;

  public Hashes(KeycloakServer server) {
    metrics = new ScrapedMetrics(server);
  }

  /** What the action cost. */
  public int during(Runnable action) {
    double before = counted("done");
    action.run();
    return (int) (counted("done") - before);
  }

  /** How many were not computed because too many others were waiting. */
  public int refused() {
    return (int) counted("refused");
  }

  private double counted(String outcome) {
    return metrics.sum("access_tier_password_hashes_total", "outcome=\"" + outcome + '"');
  }
}
