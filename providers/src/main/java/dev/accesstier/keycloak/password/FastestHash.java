// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import dev.accesstier.keycloak.credential.Scrypt;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.PostMigrationEvent;

/**
 * Looks for the fastest scrypt of this JVM when the server has started, in a thread that nobody
 * waits for, and tells which one it is: in the log and as a metric.
 */
public final class FastestHash {

  /** Always 1; its tag {@code implementation} says which one. */
  private static final String METRIC = "access_tier_scrypt_implementation";

  private static final Logger LOG = Logger.getLogger(FastestHash.class);

  private FastestHash() {}

  /** Begins when the server is ready to serve. */
  public static void register(KeycloakSessionFactory factory) {
    factory.register(
        event -> {
          if (event instanceof PostMigrationEvent) {
            Thread thread = new Thread(FastestHash::find, "access-tier-scrypt");
            thread.setDaemon(true);
            thread.start();
          }
        });
  }

  private static void find() {
    Scrypt.prepare();
    LOG.infof("Password hashes are computed by: %s", Scrypt.implementation());
    Gauge.builder(METRIC, () -> 1)
        .description("What computes password hashes on this node")
        .tag("implementation", Scrypt.implementation())
        .register(Metrics.globalRegistry);
  }
}
