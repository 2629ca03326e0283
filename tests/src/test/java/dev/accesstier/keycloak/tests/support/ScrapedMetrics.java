// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import dev.accesstier.devserver.KeycloakServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;

/** A server's metrics as Prometheus reads them. */
public record ScrapedMetrics(KeycloakServer server) {

  /** All lines of now, comments included. */
  public List<String> lines() {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(server.managementUrl() + "/metrics")).build(),
              BodyHandlers.ofString())
          .body()
          .lines()
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Those of one metric that have all of the tags, each as {@code name="value"}. */
  public List<String> of(String name, String... tags) {
    return lines().stream()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> Arrays.stream(tags).allMatch(line::contains))
        .toList();
  }

  /** Their sum. */
  public double sum(String name, String... tags) {
    return of(name, tags).stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}
