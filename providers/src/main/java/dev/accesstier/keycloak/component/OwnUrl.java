// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.keycloak.component.ComponentValidationException;

/**
 * A JDBC URL that a component names itself, that is an admin of one realm. Its form is narrower
 * than what the driver takes, so that both read the same out of it; and its arguments are those
 * that are known to be harmless, since others load classes, open files of the server, or take the
 * time limits away.
 *
 * @param places where it leads, every host of it
 */
record OwnUrl(String text, Set<Place> places) {

  /**
   * A database.
   *
   * @param host in lower case
   */
  record Place(String host, int port, String database) {}

  private static final String HOST = "(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?";
  private static final Pattern FORM =
      Pattern.compile(
          "jdbc:postgresql://(?<hosts>%1$s(?:,%1$s)*)/(?<database>[^/?\\s]+)(?:\\?(?<arguments>\\S*))?"
              .formatted(HOST));
  private static final Pattern PORT = Pattern.compile("(?<host>.+?)(?::(?<port>[0-9]+))?");
  private static final String DEFAULT_PORT = "5432";

  private static final Set<String> ARGUMENTS =
      Set.of(
          "ApplicationName",
          "channelBinding",
          "gssEncMode",
          "hostRecheckSeconds",
          "loadBalanceHosts",
          "prepareThreshold",
          "requireAuth",
          "ssl",
          "sslmode",
          "sslNegotiation",
          "targetServerType",
          "tcpKeepAlive");

  /** A class after all, but this one: it trusts whom the server trusts, and opens no other file. */
  private static final String SERVERS_TRUST = "sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";

  /** What else it would show to whoever asks: the client certificate in the server's home. */
  private static final String NO_CLIENT_CERTIFICATE = "sslcert=&sslkey=";

  /**
   * Reads it.
   *
   * @throws ComponentValidationException with a sentence that says what to correct
   */
  static OwnUrl parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw wrongForm();
    }
    String arguments = form.group("arguments");
    if (arguments != null) {
      Arrays.stream(arguments.split("&")).forEach(OwnUrl::check);
    }
    String database = decoded(form.group("database"));
    return new OwnUrl(
        text,
        Arrays.stream(form.group("hosts").split(",", -1))
            .map(host -> place(host, database))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** For the driver. */
  String withoutClientCertificate() {
    return text + (text.contains("?") ? "&" : "?") + NO_CLIENT_CERTIFICATE;
  }

  private static Place place(String address, String database) {
    Matcher parts = PORT.matcher(address);
    if (!parts.matches()) {
      throw wrongForm();
    }
    String port = parts.group("port") == null ? DEFAULT_PORT : parts.group("port");
    return new Place(
        parts.group("host").toLowerCase(Locale.ROOT), Integer.parseInt(port), database);
  }

  private static void check(String argument) {
    String name = argument.split("=", 2)[0];
    if (!argument.isEmpty() && !ARGUMENTS.contains(name) && !argument.equals(SERVERS_TRUST)) {
      throw new ComponentValidationException(
          "%s has an argument that only the server may give it. A component may use %s and %s."
              .formatted(
                  Option.JDBC_URL.label(),
                  ARGUMENTS.stream().sorted().collect(Collectors.joining(", ")),
                  SERVERS_TRUST));
    }
  }

  private static String decoded(String database) {
    try {
      return URLDecoder.decode(database, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw wrongForm();
    }
  }

  private static ComponentValidationException wrongForm() {
    return new ComponentValidationException(
        "%s has the wrong form: give jdbc:postgresql://host:5432/database."
            .formatted(Option.JDBC_URL.label()));
  }
}
