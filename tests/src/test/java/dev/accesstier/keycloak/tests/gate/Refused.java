// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import dev.accesstier.keycloak.tests.support.ScrapedMetrics;
import dev.accesstier.keycloak.tests.support.TestServer;

/** The counter of refusals, as Prometheus would read it. */
final class Refused {

  private Refused() {}

  static double counted(GateRealm realm, String client, String way) {
    return new ScrapedMetrics(TestServer.shared().keycloak())
        .sum(
            "access_tier_refusals_total",
            "client=\"" + client + '"',
            "realm=\"" + realm.name + '"',
            "way=\"" + way + '"');
  }
}
