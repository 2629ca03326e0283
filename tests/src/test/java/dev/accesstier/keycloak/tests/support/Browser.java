// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * A browser without scripts: it keeps cookies, follows redirects within the server and stops where
 * one leaves it. The JDK's cookie store would not send back the {@code Secure} cookies that
 * Keycloak sets for loopback addresses.
 */
public final class Browser {

  /** Password of the local users that tests make. */
  public static final String PASSWORD = "correct horse";

  /** Where a request ended: a page of the server, or the address outside it was sent to. */
  public record Stop(int status, URI uri, String body) {

    public Document page() {
      return Jsoup.parse(body, uri.toString());
    }

    public boolean isDeniedPage() {
      return status == 403 && page().selectFirst("#access-tier-message") != null;
    }

    /** A parameter of the query or fragment; the empty text where there is none. */
    public String parameter(String name) {
      String all = uri.getRawQuery() + "&" + uri.getRawFragment();
      return Pattern.compile("&")
          .splitAsStream(all)
          .filter(part -> part.startsWith(name + "="))
          .map(part -> URLDecoder.decode(part.substring(name.length() + 1), UTF_8))
          .findFirst()
          .orElse("");
    }
  }

  private record Cookie(String path, String name) {}

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Cookie, String> cookies = new LinkedHashMap<>();
  private final String base;
  private String language = "en";

  public Browser(String base) {
    this.base = base;
  }

  public Browser speaking(String language) {
    this.language = language;
    return this;
  }

  /** Brings a cookie of another service on this host; the value as it goes over the wire. */
  public Browser bringing(String cookie, String value) {
    cookies.put(new Cookie("/", cookie), value);
    return this;
  }

  public Stop open(String url) {
    return follow(HttpRequest.newBuilder(URI.create(url)).GET());
  }

  /** Sends the page's form that holds the first of the fields, its hidden fields included. */
  public Stop submit(Stop on, Map<String, String> fields) {
    String first = fields.isEmpty() ? "" : fields.keySet().iterator().next();
    Element form =
        on.page().select("form").stream()
            .filter(one -> fields.isEmpty() || one.selectFirst("[name=" + first + "]") != null)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no form for " + fields + " in " + on.body()));
    Map<String, String> all = new LinkedHashMap<>();
    form.select("input[type=hidden]").forEach(in -> all.put(in.attr("name"), in.attr("value")));
    all.putAll(fields);
    String body =
        all.entrySet().stream()
            .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
            .collect(Collectors.joining("&"));
    String action = form.hasAttr("action") ? form.absUrl("action") : on.uri().toString();
    if (!action.startsWith(base)) {
      return new Stop(200, URI.create(action + "?" + body), on.body());
    }
    return follow(
        HttpRequest.newBuilder(URI.create(action))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body)));
  }

  /** Signs in as a local user that a test made. */
  public Stop signIn(String url, String username) {
    return signIn(url, username, PASSWORD);
  }

  public Stop signIn(String url, String username, String password) {
    return submit(open(url), Map.of("username", username, "password", password));
  }

  private Stop follow(HttpRequest.Builder request) {
    HttpRequest.Builder next = request;
    for (int hops = 0; hops < 20; hops++) {
      HttpResponse<String> response = send(next.build());
      remember(response);
      String location = response.headers().firstValue("Location").orElse("");
      if (location.isEmpty()) {
        return new Stop(response.statusCode(), response.uri(), response.body());
      }
      URI target = response.uri().resolve(location);
      if (!target.toString().startsWith(base)) {
        return new Stop(response.statusCode(), target, "");
      }
      next = HttpRequest.newBuilder(target).GET();
    }
    throw new AssertionError("redirected in a circle");
  }

  private HttpResponse<String> send(HttpRequest plain) {
    String jar =
        cookies.entrySet().stream()
            .filter(e -> plain.uri().getPath().startsWith(e.getKey().path()))
            .map(e -> e.getKey().name() + "=" + e.getValue())
            .collect(Collectors.joining("; "));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(plain, (name, value) -> true)
            .header("Accept", "text/html")
            .header("Accept-Language", language);
    if (!jar.isEmpty()) {
      request.header("Cookie", jar);
    }
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void remember(HttpResponse<String> response) {
    for (String header : response.headers().allValues("Set-Cookie")) {
      String[] parts = header.split(";", -1);
      int is = parts[0].indexOf('=');
      String value = parts[0].substring(is + 1);
      String path = "/";
      boolean gone = value.isEmpty();
      for (String part : parts) {
        String trimmed = part.trim();
        if (trimmed.regionMatches(true, 0, "path=", 0, 5)) {
          path = trimmed.substring(5);
        }
        gone |= trimmed.equalsIgnoreCase("Max-Age=0");
      }
      Cookie cookie = new Cookie(path, parts[0].substring(0, is));
      if (gone) {
        cookies.remove(cookie);
      } else {
        cookies.put(cookie, value);
      }
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
