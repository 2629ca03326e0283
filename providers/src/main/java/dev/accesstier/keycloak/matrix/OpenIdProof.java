// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.CloseableHttpClient;
import org.jboss.logging.Logger;
import org.keycloak.connections.httpclient.HttpClientProvider;
import org.keycloak.models.KeycloakSession;

/**
 * Asks a homeserver whose OpenID token it is, as its federation API says: {@code GET
 * /_matrix/federation/v1/openid/userinfo}. No redirect is followed, an answer has at most 16 KiB,
 * and each request five seconds.
 */
final class OpenIdProof {

  private static final Logger LOG = Logger.getLogger(OpenIdProof.class);

  private static final int SECONDS = 5;
  private static final int MOST_BYTES = 16 * 1024;
  private static final int FEDERATION_PORT = 8448;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final RequestConfig LIMITS =
      RequestConfig.custom()
          .setRedirectsEnabled(false)
          .setConnectTimeout(SECONDS * 1000)
          .setSocketTimeout(SECONDS * 1000)
          .setConnectionRequestTimeout(SECONDS * 1000)
          .build();

  private final CloseableHttpClient http;

  OpenIdProof(KeycloakSession session) {
    this.http = session.getProvider(HttpClientProvider.class).getHttpClient();
  }

  /** Whose token it is; empty where the server does not say, or names a user of another server. */
  Optional<MatrixId> owner(Homeserver server, String token) {
    try {
      URI base = server.base() == null ? found(server.name()) : server.base();
      JsonNode answer =
          get(
              base
                  + "/_matrix/federation/v1/openid/userinfo?access_token="
                  + URLEncoder.encode(token, StandardCharsets.UTF_8));
      return MatrixId.parse(answer.path("sub").asText())
          .filter(id -> id.server().equals(server.name()));
    } catch (IOException | IllegalArgumentException e) {
      // Without the cause: its text may have the token in it.
      LOG.warnf(
          "Homeserver %s did not confirm a user: %s", server.name(), e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  /** As the specification finds a server by its name, without SRV records. */
  private URI found(String name) throws IOException {
    if (name.matches(".*:[0-9]+")) {
      return reachable(name);
    }
    Optional<String> delegated = delegated(name);
    if (delegated.isPresent()) {
      String to = delegated.get();
      return reachable(to.matches(".*:[0-9]+") ? to : to + ":" + FEDERATION_PORT);
    }
    return reachable(name + ":" + FEDERATION_PORT);
  }

  private Optional<String> delegated(String name) throws IOException {
    requirePublic(URI.create("https://" + name));
    try {
      return Optional.of(
              get("https://" + name + "/.well-known/matrix/server").path("m.server").asText())
          .filter(server -> Homeserver.NAME.matcher(server).matches());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static URI reachable(String name) throws IOException {
    URI base = URI.create("https://" + name);
    requirePublic(base);
    return base;
  }

  /** What a server says of itself must not lead into the own network. */
  private static void requirePublic(URI base) throws IOException {
    for (InetAddress address : InetAddress.getAllByName(base.getHost())) {
      if (isPrivate(address)) {
        throw new UnknownHostException("not a public address");
      }
    }
  }

  static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xff;
    // RFC 4193 and RFC 6598, which the JDK does not know as private.
    boolean uniqueLocal = bytes.length == 16 && (first & 0xfe) == 0xfc;
    boolean shared = bytes.length == 4 && first == 100 && (bytes[1] & 0xc0) == 64;
    return address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()
        || uniqueLocal
        || shared;
  }

  private JsonNode get(String address) throws IOException {
    HttpGet request = new HttpGet(address);
    request.setConfig(LIMITS);
    request.setHeader("Accept", "application/json");
    // The limits above are for each read; this is for all of it.
    CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS).execute(request::abort);
    try (CloseableHttpResponse response = http.execute(request)) {
      int status = response.getStatusLine().getStatusCode();
      if (status != 200 || response.getEntity() == null) {
        throw new IOException("status " + status);
      }
      byte[] body = response.getEntity().getContent().readNBytes(MOST_BYTES + 1);
      if (body.length > MOST_BYTES) {
        request.abort();
        throw new IOException("too long");
      }
      return JSON.readTree(body);
    }
  }
}
