// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import dev.accesstier.devserver.KeycloakServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** How many password hashes of Better Auth's kind a server has computed, by its counter. */
public final class Hashes {

  private final URI metrics;

  public Hashes(KeycloakServer server) {
    metrics = URI.create(server.managementUrl() + "/metrics");
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
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith("access_tier_password_hashes_total{"))
          .filter(line -> line.contains("outcome=\"" + outcome + '"'))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .sum();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
