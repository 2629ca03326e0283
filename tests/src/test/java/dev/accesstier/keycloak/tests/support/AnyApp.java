// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Answers at every host of {@link Chromium} with the same page; an app where a login may end. */
final class AnyApp {

  private static final byte[] PAGE =
      "<!doctype html><html lang=\"en\"><title>An app</title><h1>An app</h1></html>"
          .getBytes(StandardCharsets.UTF_8);

  private static final HttpServer SERVER = start();

  private AnyApp() {}

  static int port() {
    return SERVER.getAddress().getPort();
  }

  private static HttpServer start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", AnyApp::answer);
      // Chromium also opens connections on which it sends nothing that HTTP can read.
      server.setExecutor(Executors.newCachedThreadPool(AnyApp::daemon));
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "any-app");
    thread.setDaemon(true);
    return thread;
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
      exchange.sendResponseHeaders(200, PAGE.length);
      exchange.getResponseBody().write(PAGE);
    }
  }
}
