// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.gate;

import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** The counter of refusals, as Prometheus would read it. */
final class Refused {

  private Refused() {}

  static double counted(GateRealm realm, String client, String way)
      throws IOException, InterruptedException {
    URI metrics = URI.create(TestServer.shared().keycloak().managementUrl() + "/metrics");
    String text =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
            .body();
    return text.lines()
        .filter(line -> line.startsWith("access_tier_refusals_total{"))
        .filter(line -> line.contains("client=\"" + client + '"'))
        .filter(line -> line.contains("realm=\"" + realm.name + '"'))
        .filter(line -> line.contains("way=\"" + way + '"'))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}
