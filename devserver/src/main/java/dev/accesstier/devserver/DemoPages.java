// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The sample apps, and the inbox of everybody's mail. */
final class DemoPages implements AutoCloseable {

  private static final Pattern LINK = Pattern.compile("https?://[^\\s&]+(?:&amp;[^\\s&]+)*");

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>%1$s</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <style>
        body { font: 1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 44rem; padding: 0 1rem }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #8881; padding: 1rem }
      </style></head>
      <body><h1>%1$s</h1>%2$s</body></html>
      """;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final DemoMail mail;

  /**
   * @param apps by the first part of their path
   */
  DemoPages(int port, DemoMail mail, Map<String, SampleApp> apps, String portal) {
    this.mail = mail;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", exchange -> answer(exchange, 404, "Not found", ""));
    server.createContext("/mail", exchange -> answer(exchange, 200, "Mail", inbox()));
    apps.forEach(
        (path, app) -> server.createContext("/" + path, exchange -> serve(exchange, app, portal)));
    server.setExecutor(threads);
    server.start();
  }

  private static void serve(HttpExchange exchange, SampleApp app, String portal)
      throws IOException {
    String path = exchange.getRequestURI().getPath();
    String session = session(exchange, app);
    SampleApp.Person person = app.person(session);
    if (path.endsWith("/callback")) {
      callback(exchange, app);
    } else if (path.endsWith("/sign-out")) {
      redirect(exchange, app.signOut(session));
    } else if (person == null) {
      redirect(exchange, app.login());
    } else {
      answer(
          exchange,
          200,
          app.name(),
          "<p>Welcome, %s. Your access tier is <strong>%s</strong>.</p>"
                  .formatted(escaped(person.name()), escaped(person.tier()))
              + "<p><a href=\"%s/sign-out\">Sign out</a> · <a href=\"%s\">All apps</a></p>"
                  .formatted(app.address(), portal));
    }
  }

  private static void callback(HttpExchange exchange, SampleApp app) throws IOException {
    Map<String, String> query = query(exchange);
    if (!query.containsKey("code") && !query.containsKey("error")) {
      // A mailed link signs in at Keycloak and leads here without a code.
      redirect(exchange, app.address());
      return;
    }
    String session = null;
    try {
      session = app.signIn(query);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (session == null) {
      answer(
          exchange,
          400,
          app.name(),
          "<p>You are not signed in. <a href=\"%s\">Try again</a></p>".formatted(app.address()));
      return;
    }
    exchange
        .getResponseHeaders()
        .add("Set-Cookie", cookie(app) + "=" + session + "; Path=/; HttpOnly; SameSite=Lax");
    redirect(exchange, app.address());
  }

  private String inbox() {
    List<DemoMail.Mail> mails = mail.inbox();
    if (mails.isEmpty()) {
      return "<p>No mail yet. Every mail that this Keycloak sends arrives here; reload to see it.</p>";
    }
    StringBuilder text = new StringBuilder();
    for (DemoMail.Mail one : mails) {
      text.append(
          "<article><h2>%s</h2><p>To %s</p><pre>%s</pre></article>"
              .formatted(escaped(one.subject()), escaped(one.to()), linked(escaped(one.text()))));
    }
    return text.toString();
  }

  private static String linked(String escaped) {
    Matcher links = LINK.matcher(escaped);
    return links.replaceAll("<a href=\"$0\">$0</a>");
  }

  private static String cookie(SampleApp app) {
    return app.name().replaceAll("\\W", "");
  }

  private static String session(HttpExchange exchange, SampleApp app) {
    for (String header : exchange.getRequestHeaders().getOrDefault("Cookie", List.of())) {
      for (String pair : header.split(";", -1)) {
        if (pair.strip().startsWith(cookie(app) + "=")) {
          return pair.strip().substring(cookie(app).length() + 1);
        }
      }
    }
    return "";
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> values = new HashMap<>();
    @Nullable String query = exchange.getRequestURI().getRawQuery();
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      values.put(
          parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return values;
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().add("Location", to);
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private static void answer(HttpExchange exchange, int status, String title, String body)
      throws IOException {
    byte[] page = PAGE.formatted(escaped(title), body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
    exchange.getResponseHeaders().add("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, page.length);
    exchange.getResponseBody().write(page);
    exchange.close();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
