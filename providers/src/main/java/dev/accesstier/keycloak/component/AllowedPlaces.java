// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import dev.accesstier.keycloak.component.OwnUrl.Place;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentValidationException;

/**
 * The databases that the server's option {@value #KEY} lets components name in a URL of their own.
 * Without the option they may name any, as they may name any LDAP server.
 *
 * @param entries null: all
 */
record AllowedPlaces(@Nullable List<Entry> entries) {

  /** In the scope of the server's options, where the command line says {@value #OPTION}. */
  private static final String KEY = "allowedJdbcUrls";

  private static final String OPTION = "spi-storage--auth-schema--allowed-jdbc-urls";

  private static final Pattern ENTRY =
      Pattern.compile(
          "(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::(?<port>[0-9]{1,5})(?:/(?<database>[^/\\s]+))?)?");

  private record Entry(String host, @Nullable Integer port, @Nullable String database) {

    static Entry of(String text) {
      Matcher form = ENTRY.matcher(text);
      if (!form.matches()) {
        throw new ComponentValidationException(
            "The server option %s has the wrong form: give a list of host, host:port or host:port/database."
                .formatted(OPTION));
      }
      String port = form.group("port");
      return new Entry(
          form.group("host").toLowerCase(Locale.ROOT),
          port == null ? null : Integer.valueOf(port),
          form.group("database"));
    }

    boolean has(Place place) {
      return host.equals(place.host())
          && (port == null || port == place.port())
          && (database == null || database.equals(place.database()));
    }
  }

  /**
   * As the server has it.
   *
   * @throws ComponentValidationException when it cannot be understood: then it allows nothing
   */
  static AllowedPlaces of(ServerDefaults server) {
    String list = server.get(KEY);
    return new AllowedPlaces(
        list == null || list.isBlank()
            ? null
            : Arrays.stream(list.split(",", -1)).map(String::trim).map(Entry::of).toList());
  }

  /**
   * Checks every host.
   *
   * @throws ComponentValidationException when one is not allowed
   */
  void check(OwnUrl url) {
    if (entries != null && !url.places().stream().allMatch(this::has)) {
      throw new ComponentValidationException(
          "%s leads to a database that the server option %s does not name."
              .formatted(Option.JDBC_URL.label(), OPTION));
    }
  }

  private boolean has(Place place) {
    return entries != null && entries.stream().anyMatch(entry -> entry.has(place));
  }
}
