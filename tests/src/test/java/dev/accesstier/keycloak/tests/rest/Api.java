// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests below one address as one person.
 *
 * @param token gives the bearer token; null: none is sent
 */
record Api(String base, @Nullable Supplier<String> token) {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** An answer; its body as JSON where it is such. */
  record Answer(int status, String text, Map<String, String> headers) {

    JsonNode json() {
      try {
        return text.isEmpty() ? MissingNode.getInstance() : JSON.readTree(text);
      } catch (IOException e) {
        throw new AssertionError(status + " " + text, e);
      }
    }

    String header(String name) {
      return headers.getOrDefault(name, "");
    }

    /** The body of an answer that must have that status. */
    JsonNode json(int expected) {
      if (status != expected) {
        throw new AssertionError("expected " + expected + " and got " + status + ": " + text);
      }
      return json();
    }
  }

  Answer get(String path) {
    return send("GET", path, null, "application/json", Map.of());
  }

  Answer put(String path, String body) {
    return send("PUT", path, BodyPublishers.ofString(body), "application/json", Map.of());
  }

  Answer delete(String path) {
    return send("DELETE", path, null, "application/json", Map.of());
  }

  Answer post(String path, String body) {
    return send("POST", path, BodyPublishers.ofString(body), "application/json", Map.of());
  }

  Answer send(
      String method,
      String path,
      @Nullable BodyPublisher body,
      String type,
      Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(method, body == null ? BodyPublishers.noBody() : body)
            .header("Accept", "application/json");
    if (body != null) {
      request.header("Content-Type", type);
    }
    if (token != null) {
      request.header("Authorization", "Bearer " + token.get());
    }
    headers.forEach(request::setHeader);
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      Map<String, String> received = new HashMap<>();
      response.headers().map().forEach((name, values) -> received.put(name, values.get(0)));
      return new Answer(response.statusCode(), response.body(), received);
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
