// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a Matrix homeserver has for OpenID: its client API gives a user a token, its federation API
 * says whose it is. Tokens with other names have it answer what it should not.
 */
final class Homeserver implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final String name;
  private final Map<String, String> owners = new ConcurrentHashMap<>();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  Homeserver(String name) {
    this.name = name;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/_matrix/client/v3/user/", this::give);
    server.createContext("/_matrix/federation/v1/openid/userinfo", this::tell);
    server.createContext("/elsewhere", exchange -> answer(exchange, 200, sub("@moved:" + name)));
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  int asked() {
    return asked.get();
  }

  /** What the client API answers to a signed-in user, as it is handed on. */
  String openIdToken(String user) {
    return new Api(url(), null)
        .post("/_matrix/client/v3/user/" + user + "/openid/request_token", "{}")
        .text();
  }

  /** The same with a token that makes the federation API misbehave. */
  String answering(String token) {
    return token(token);
  }

  private void give(HttpExchange exchange) throws IOException {
    String token = UUID.randomUUID().toString();
    owners.put(token, exchange.getRequestURI().getPath().split("/", -1)[5]);
    answer(exchange, 200, token(token));
  }

  private String token(String token) {
    try {
      return JSON.writeValueAsString(
          Map.of(
              "access_token",
              token,
              "token_type",
              "Bearer",
              "matrix_server_name",
              name,
              "expires_in",
              3600));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void tell(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    String token = exchange.getRequestURI().getQuery().replaceFirst(".*access_token=", "");
    switch (token) {
      case "of-another-server" -> answer(exchange, 200, sub("@mallory:elsewhere.test"));
      case "of-a-lookalike" -> answer(exchange, 200, sub("@mallory:evil" + name));
      case "no-json" -> answer(exchange, 200, "<html>");
      case "no-sub" -> answer(exchange, 200, "{}");
      case "failing" -> answer(exchange, 500, sub("@a:" + name));
      case "long" -> answer(exchange, 200, sub("@a:" + name) + " ".repeat(20_000));
      case "redirecting" -> {
        exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
        answer(exchange, 302, "");
      }
      case "silent" -> {
        await();
        exchange.close();
      }
      default -> {
        String owner = owners.get(token);
        answer(exchange, owner == null ? 401 : 200, owner == null ? "{}" : sub(owner));
      }
    }
  }

  private void await() {
    try {
      ending.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String sub(String id) {
    return "{\"sub\":\"" + id + "\"}";
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  @Override
  public void close() {
    ending.countDown();
    server.stop(0);
  }
}
