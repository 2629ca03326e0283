// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An app of the demo: OpenID Connect with the authorization code flow and PKCE, as any app does it.
 * The ID token comes straight from the token endpoint, so its signature need not be checked.
 */
final class SampleApp {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final String clientId;
  private final String name;
  private final String realmUrl;
  private final String address;
  private final HttpClient http = HttpClient.newHttpClient();
  private final SecureRandom random = new SecureRandom();
  private final Map<String, String> verifiers = new ConcurrentHashMap<>();
  private final Map<String, Person> sessions = new ConcurrentHashMap<>();

  /** Who is signed in. */
  record Person(String name, String tier, String idToken) {}

  /**
   * @param realmUrl of the realm that signs people in
   * @param address of the app itself, without a slash at its end
   */
  SampleApp(String clientId, String name, String realmUrl, String address) {
    this.clientId = clientId;
    this.name = name;
    this.realmUrl = realmUrl;
    this.address = address;
  }

  /** The client as a realm file has it. */
  static ObjectNode client(String clientId, String name, String description, String address) {
    ObjectNode client = MAPPER.createObjectNode();
    client.put("clientId", clientId);
    client.put("name", name);
    client.put("description", description);
    client.put("publicClient", true);
    client.put("standardFlowEnabled", true);
    client.put("directAccessGrantsEnabled", false);
    client.put("fullScopeAllowed", false);
    client.put("rootUrl", address);
    client.put("baseUrl", address);
    client.putArray("redirectUris").add(address + "/callback");
    client.putArray("webOrigins");
    client
        .putObject("attributes")
        .put("pkce.code.challenge.method", "S256")
        .put("post.logout.redirect.uris", address);
    client
        .putArray("defaultClientScopes")
        .add("basic")
        .add("profile")
        .add("email")
        .add("access-tier");
    return client;
  }

  String name() {
    return name;
  }

  String address() {
    return address;
  }

  @Nullable Person person(String session) {
    return sessions.get(session);
  }

  /** Where a visitor signs in. */
  String login() {
    String state = random();
    String verifier = random();
    verifiers.put(state, verifier);
    return realmUrl
        + "/protocol/openid-connect/auth?"
        + form(
            Map.of(
                "client_id",
                clientId,
                "response_type",
                "code",
                "scope",
                "openid",
                "redirect_uri",
                address + "/callback",
                "state",
                state,
                "code_challenge",
                challenge(verifier),
                "code_challenge_method",
                "S256"));
  }

  /**
   * Takes what the visitor brings back from signing in.
   *
   * @return a new session; null where there is nobody
   */
  @Nullable String signIn(Map<String, String> query) throws IOException, InterruptedException {
    String verifier = verifiers.remove(query.getOrDefault("state", ""));
    String code = query.get("code");
    if (verifier == null || code == null) {
      return null;
    }
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(realmUrl + "/protocol/openid-connect/token"))
                .timeout(LIMIT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    BodyPublishers.ofString(
                        form(
                            Map.of(
                                "grant_type", "authorization_code",
                                "client_id", clientId,
                                "code", code,
                                "redirect_uri", address + "/callback",
                                "code_verifier", verifier))))
                .build(),
            BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      return null;
    }
    String idToken = MAPPER.readTree(answer.body()).path("id_token").asText();
    JsonNode claims = MAPPER.readTree(Base64.getUrlDecoder().decode(idToken.split("\\.", -1)[1]));
    String session = random();
    sessions.put(
        session,
        new Person(claims.path("name").asText(), claims.path("access_tier").asText("?"), idToken));
    return session;
  }

  /** Ends the session here; gives the address that ends it at Keycloak, too. */
  String signOut(String session) {
    Person person = sessions.remove(session);
    return person == null
        ? address
        : realmUrl
            + "/protocol/openid-connect/logout?"
            + form(Map.of("id_token_hint", person.idToken(), "post_logout_redirect_uri", address));
  }

  private String random() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return base64(bytes);
  }

  private static String challenge(String verifier) {
    try {
      return base64(
          MessageDigest.getInstance("SHA-256")
              .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String form(Map<String, String> values) {
    return values.entrySet().stream()
        .map(
            value ->
                value.getKey() + "=" + URLEncoder.encode(value.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }
}
