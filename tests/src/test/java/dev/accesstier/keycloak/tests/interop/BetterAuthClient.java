// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Someone at Better Auth's own endpoints, with the cookies it sets. */
final class BetterAuthClient {

  /** Of the cookie that holds a session; 1.5.6 and 1.6 name and sign it alike. */
  static final String SESSION_COOKIE = "mana.session_token";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * What came back.
   *
   * @param body a missing node where there was none
   */
  record Answer(int status, JsonNode body) {

    /** Better Auth's code of an error; empty without one. */
    String code() {
      return body.path("code").asText();
    }
  }

  private final Map<String, String> cookies = new LinkedHashMap<>();
  private final String url;

  BetterAuthClient(String url) {
    this.url = url;
  }

  Answer signUp(String email, String password, String name) {
    return post("/sign-up/email", Map.of("email", email, "password", password, "name", name));
  }

  Answer signIn(String email, String password) {
    return post("/sign-in/email", Map.of("email", email, "password", password));
  }

  Answer changePassword(String from, String to) {
    return post("/change-password", Map.of("currentPassword", from, "newPassword", to));
  }

  /** The user of the session that the cookie brings, a null or missing node without one. */
  JsonNode user() {
    return get("/api/auth/get-session").body().path("user");
  }

  boolean isSignedIn() {
    return user().isObject();
  }

  /** Brings a cookie that another set. */
  BetterAuthClient bringing(String cookie, String value) {
    cookies.put(cookie, value);
    return this;
  }

  String cookie(String name) {
    return cookies.getOrDefault(name, "");
  }

  /** The newest link that was mailed, of that kind to that address. */
  String mailed(String kind, String email) {
    String url =
        get("/test/link?kind=" + kind + "&email=" + encode(email)).body().path("url").asText();
    assertThat(url).as("%s for %s", kind, email).isNotEmpty();
    return url;
  }

  /** Follows a mailed link. */
  void open(String link) {
    send(HttpRequest.newBuilder(URI.create(link)).GET());
  }

  Answer post(String path, Map<String, ?> body) {
    return send(
        HttpRequest.newBuilder(URI.create(url + "/api/auth" + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.valueToTree(body).toString())));
  }

  Answer get(String path) {
    return send(HttpRequest.newBuilder(URI.create(url + path)).GET());
  }

  private Answer send(HttpRequest.Builder request) {
    String jar =
        cookies.entrySet().stream()
            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
            .collect(Collectors.joining("; "));
    if (!jar.isEmpty()) {
      request.header("Cookie", jar);
    }
    // Better Auth refuses a post that brings cookies from another origin.
    request.header("Origin", url).timeout(LIMIT);
    // As a script of a page: a redirect is then an answer that says where to.
    request.header("Sec-Fetch-Mode", "cors");
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      response.headers().allValues("Set-Cookie").forEach(this::remember);
      return new Answer(response.statusCode(), JSON.readTree(response.body()));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void remember(String header) {
    String pair = header.split(";", 2)[0];
    String name = pair.substring(0, pair.indexOf('='));
    String value = pair.substring(name.length() + 1);
    if (value.isEmpty()) {
      cookies.remove(name);
    } else {
      cookies.put(name, value);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
