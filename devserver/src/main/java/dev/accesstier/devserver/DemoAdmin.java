// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the demo does as the server's admin once the server is up, over the same APIs as anybody.
 */
final class DemoAdmin {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String CONSOLE = "access-tier-console";
  private static final String TIERS = "/admin/realms/mana/access-tier/";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String server;
  private final String token;

  DemoAdmin(String server) {
    this.server = server;
    this.token =
        send(HttpRequest.newBuilder(
                    URI.create(server + "/realms/master/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    BodyPublishers.ofString(
                        "grant_type=password&client_id=admin-cli&username=%1$s&password=%1$s"
                            .formatted(KeycloakServer.ADMIN))))
            .path("access_token")
            .asText();
  }

  /** As {@code setup-existing-realm.sh --master} does it. */
  void letMasterAdminsEditTiers() {
    String page = "/realms/master/access-tier/console";
    ObjectNode client = MAPPER.createObjectNode();
    client.put("clientId", CONSOLE);
    client.put("name", "Access tiers");
    client.put("publicClient", true);
    client.put("fullScopeAllowed", false);
    client.put("rootUrl", "${authBaseUrl}");
    client.put("baseUrl", page);
    client.putArray("redirectUris").add(page);
    client
        .putObject("attributes")
        .put("pkce.code.challenge.method", "S256")
        .put("post.logout.redirect.uris", "+");
    call("POST", "/admin/realms/master/clients", client);
    String console = idOf(CONSOLE);
    String management = idOf("mana-realm");
    ArrayNode roles = MAPPER.createArrayNode();
    for (String name :
        new String[] {
          "view-users", "manage-users", "view-clients", "manage-clients", "view-events"
        }) {
      roles.add(call("GET", "/admin/realms/master/clients/" + management + "/roles/" + name, null));
    }
    call(
        "POST",
        "/admin/realms/master/clients/" + console + "/scope-mappings/clients/" + management,
        roles);
  }

  private String idOf(String clientId) {
    return call("GET", "/admin/realms/master/clients?clientId=" + clientId, null)
        .path(0)
        .path("id")
        .asText();
  }

  /** So that the trail has something to tell. */
  void makeHistory() {
    require("founder", "Only the team for now");
    require("alpha", "First testers");
    require("beta", "Second phase");
    give("beta-user@example.test", "alpha", "Asked for early access");
    give("beta-user@example.test", "beta", "Found it too rough");
    ObjectNode bulk = MAPPER.createObjectNode();
    bulk.putObject("filter").put("search", "person1*").put("tier", "guest");
    bulk.put("tier", "public");
    bulk.put("reason", "Confirmed their address");
    call("POST", TIERS + "users/tier", bulk);
  }

  private void require(String tier, String reason) {
    call(
        "PUT",
        TIERS + "clients/" + DemoRealm.GATED + "/required-tier",
        MAPPER.createObjectNode().put("requiredTier", tier).put("reason", reason));
  }

  private void give(String email, String tier, String reason) {
    String id =
        call("GET", TIERS + "users?search=" + encoded(email), null)
            .path("users")
            .path(0)
            .path("id")
            .asText();
    call(
        "PUT",
        TIERS + "users/" + encoded(id) + "/tier",
        MAPPER.createObjectNode().put("tier", tier).put("reason", reason));
  }

  private JsonNode call(String method, String path, @Nullable JsonNode body) {
    return send(
        HttpRequest.newBuilder(URI.create(server + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString())));
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(request.timeout(LIMIT).build(), BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new IllegalStateException(
            answer.uri() + " answers " + answer.statusCode() + " " + answer.body());
      }
      return MAPPER.readTree(answer.body().isEmpty() ? "null" : answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
