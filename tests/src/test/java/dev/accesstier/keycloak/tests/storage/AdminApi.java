// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.representations.idm.UserRepresentation;

/** The admin API as it is, some of which the admin client cannot send or hides in an exception. */
record AdminApi(String baseUrl, String realm, Keycloak admin) {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  List<UserRepresentation> users(String query) {
    return read(get("/users?" + encoded(query)), new TypeReference<>() {});
  }

  int count(String query) {
    return read(get("/users/count?" + encoded(query)), new TypeReference<>() {});
  }

  int status(String path) {
    return get(path).statusCode();
  }

  /**
   * What the server answers.
   *
   * @param json empty: no body
   */
  HttpResponse<String> send(String method, String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(json)));
  }

  private static String encoded(String query) {
    return Arrays.stream(query.split("&", -1))
        .filter(part -> !part.isEmpty())
        .map(part -> part.split("=", 2))
        .map(part -> part[0] + "=" + URLEncoder.encode(part[1], StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  private HttpResponse<String> get(String path) {
    return send(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(baseUrl + "/admin/realms/" + realm + path))
        .header("Authorization", "Bearer " + admin.tokenManager().getAccessTokenString());
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

  private static <T> T read(HttpResponse<String> response, TypeReference<T> type) {
    try {
      return JSON.readValue(response.body(), type);
    } catch (IOException e) {
      throw new AssertionError(response.statusCode() + " " + response.body(), e);
    }
  }
}
