// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.matrix;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.RealmModel;

/**
 * A server whose word on its users is taken.
 *
 * @param name as in the ids of its users
 * @param base where its federation API is; null: as the name and its {@code .well-known} say
 */
record Homeserver(String name, @Nullable URI base) {

  /** Comma-separated; each {@code name} or {@code name=https://base}. */
  static final String ATTRIBUTE = "access.tier.matrix-homeservers";

  static final Pattern NAME =
      Pattern.compile("(?:[A-Za-z0-9.-]{1,230}|\\[[0-9A-Fa-f:.]{2,45}\\])(?::[0-9]{1,5})?");

  private static final Logger LOG = Logger.getLogger(Homeserver.class);

  /** The allowed server of that name, in the realm. */
  static Optional<Homeserver> named(RealmModel realm, String name) {
    return allowed(realm).filter(server -> server.name().equalsIgnoreCase(name)).findFirst();
  }

  private static Stream<Homeserver> allowed(RealmModel realm) {
    String list = realm.getAttribute(ATTRIBUTE);
    return list == null
        ? Stream.empty()
        : Arrays.stream(list.split(",", -1))
            .map(String::strip)
            .filter(entry -> !entry.isEmpty())
            .flatMap(entry -> parse(entry).stream());
  }

  /** An entry that is none allows nothing. */
  private static Optional<Homeserver> parse(String entry) {
    List<String> parts = Arrays.asList(entry.split("=", 2));
    String name = parts.get(0).strip();
    Optional<URI> base = parts.size() == 2 ? base(parts.get(1).strip()) : Optional.empty();
    if (!NAME.matcher(name).matches() || (parts.size() == 2 && base.isEmpty())) {
      LOG.warnf("%s has an entry that is no homeserver and allows nothing", ATTRIBUTE);
      return Optional.empty();
    }
    return Optional.of(new Homeserver(name, base.orElse(null)));
  }

  /** Without encryption on this machine alone. */
  private static Optional<URI> base(String text) {
    try {
      URI base = new URI(text.replaceFirst("/+$", ""));
      String scheme = String.valueOf(base.getScheme()).toLowerCase(Locale.ROOT);
      boolean loopback =
          List.of("localhost", "127.0.0.1", "[::1]").contains(String.valueOf(base.getHost()));
      boolean fits =
          base.getHost() != null
              && base.getRawQuery() == null
              && base.getRawFragment() == null
              && base.getRawUserInfo() == null
              && (scheme.equals("https") || (scheme.equals("http") && loopback));
      return fits ? Optional.of(base) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
