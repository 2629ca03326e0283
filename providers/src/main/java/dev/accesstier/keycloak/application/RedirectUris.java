// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.keycloak.util.JsonSerialization;

/** Where an app may be sent back to. */
final class RedirectUris {

  /** Keycloak's column. */
  private static final int LONGEST = 255;

  private static final Set<String> WEB = Set.of("http", "https");

  /** Schemes that a browser acts upon by itself, so that no app can be behind them. */
  private static final Set<String> OF_BROWSERS =
      Set.of(
          "about",
          "blob",
          "data",
          "file",
          "filesystem",
          "ftp",
          "javascript",
          "mailto",
          "vbscript",
          "view-source",
          "ws",
          "wss");

  private RedirectUris() {}

  /**
   * What a column holds, each address checked: absolute, without wildcard and fragment, of the web
   * or, for a native app, of a scheme of its own.
   *
   * @param column joined by commas, or a JSON array, or a JSON string that holds either
   * @throws UnusableApplicationException when there is none, or one that is not to be trusted
   */
  static Set<String> of(@Nullable String column, boolean isNative)
      throws UnusableApplicationException {
    Set<String> uris = new TreeSet<>();
    for (String uri : listed(column)) {
      if (!uri.isBlank()) {
        uris.add(checked(uri.strip(), isNative));
      }
    }
    if (uris.isEmpty()) {
      throw new UnusableApplicationException("has no redirect URI");
    }
    return uris;
  }

  private static List<String> listed(@Nullable String column) throws UnusableApplicationException {
    try {
      if (column == null || column.equals("null")) {
        return List.of();
      }
      if (column.startsWith("[")) {
        return JsonSerialization.readValue(column, new TypeReference<List<String>>() {}).stream()
            .map(String::valueOf)
            .toList();
      }
      if (column.startsWith("\"")) {
        String text = JsonSerialization.readValue(column, String.class);
        return text.startsWith("[") ? listed(text) : Arrays.asList(text.split(",", -1));
      }
    } catch (IOException e) {
      // Said below, without what the parser quotes.
    }
    throw new UnusableApplicationException("has redirect URIs that cannot be read");
  }

  private static String checked(String text, boolean isNative) throws UnusableApplicationException {
    if (text.length() > LONGEST) {
      throw new UnusableApplicationException(
          "has a redirect URI of more than " + LONGEST + " characters");
    }
    if (text.indexOf('*') >= 0) {
      throw new UnusableApplicationException("has a wildcard in a redirect URI");
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new UnusableApplicationException("has a redirect URI that is no URI");
    }
    if (uri.getRawFragment() != null) {
      throw new UnusableApplicationException("has a fragment in a redirect URI");
    }
    if (uri.getScheme() == null) {
      throw new UnusableApplicationException("has a redirect URI that is not absolute");
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (WEB.contains(scheme)) {
      if (uri.getHost() == null || uri.getRawUserInfo() != null) {
        throw new UnusableApplicationException("has a redirect URI without a plain host");
      }
    } else if (!isNative || OF_BROWSERS.contains(scheme)) {
      throw new UnusableApplicationException("has a redirect URI of another scheme than http(s)");
    }
    return text;
  }
}
