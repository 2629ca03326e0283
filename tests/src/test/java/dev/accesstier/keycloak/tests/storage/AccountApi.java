// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** What the account console asks of the server, for one signed-in user. */
record AccountApi(String realmUrl, String accessToken) {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  Map<String, Object> profile() {
    try {
      return JSON.readValue(send(request().GET()).body(), new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> save(Map<String, Object> profile) {
    try {
      String body = JSON.writeValueAsString(profile);
      return send(
          request().header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create(realmUrl + "/account"))
        .header("Accept", "application/json")
        .header("Authorization", "Bearer " + accessToken);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
