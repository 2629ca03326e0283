// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.PasswordFormat;
import dev.accesstier.keycloak.database.AuthDatabaseSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;

/**
 * The component's configuration, typed. What the component leaves empty comes from the server's
 * options, and what those leave empty has a default; but user, password and secret of the server
 * belong to its own connection, and a component that says anything of a connection has them of its
 * own or not at all.
 *
 * @param database empty when neither component nor server name a JDBC URL
 * @param ownConnection whether the component itself says anything of the connection
 * @param ownSecret whether the component itself gives the Better Auth secret
 * @param applicationsImport between two imports of the service's apps; zero: none by itself
 * @param changesPeriod between two looks for changes by others; zero: none
 * @param endSessions whether such a change may end sessions
 * @param betterAuthSecret null where neither component nor server name one
 * @param providerAliases Keycloak's alias by Better Auth's provider id, where they differ
 */
public record ComponentSettings(
    Optional<AuthDatabaseSettings> database,
    boolean ownConnection,
    boolean ownSecret,
    EditMode editMode,
    boolean tierEditable,
    PasswordFormat passwordFormat,
    boolean upgradeBcrypt,
    DeleteMode deleteMode,
    boolean securityEvents,
    boolean mailedSecondFactor,
    boolean legacyTokens,
    Duration applicationsImport,
    Duration changesPeriod,
    boolean endSessions,
    @Nullable String betterAuthSecret,
    Map<String, String> providerAliases) {

  private static final Pattern JDBC_URL = Pattern.compile("jdbc:postgresql:\\S+");
  private static final Pattern OPTIONS = Pattern.compile("[?&]options(=|&|$)");

  /** What PostgreSQL takes without quotes, in lower case; 63 bytes is its limit. */
  private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_$]{0,62}");

  private static final Pattern ALIASES =
      Pattern.compile("[^=,\\s]+=[^=,\\s]+(,\\s*[^=,\\s]+=[^=,\\s]+)*");

  /** One for logins, and one for what may wait for others. */
  private static final int MIN_POOL_SIZE = 2;

  private static final int MAX_POOL_SIZE = 500;
  private static final int MIN_QUERY_MILLIS = 100;
  private static final int MAX_QUERY_MILLIS = 60_000;
  private static final int MAX_IMPORT_SECONDS = 604_800;
  private static final int MAX_SEARCH_MILLIS = 600_000;
  private static final int MAX_CHANGES_SECONDS = 3600;

  /**
   * Reads and checks the form; connects to nothing.
   *
   * @param serverDefault gives the server's value of an option's key, null where there is none
   * @param secret resolves a reference to the vault
   * @throws ComponentValidationException with a sentence that says what to correct
   */
  public static ComponentSettings of(
      ComponentModel component, ServerDefaults serverDefault, UnaryOperator<String> secret) {
    OwnConnection own = new OwnConnection(component);
    boolean ownConnection = own.isGiven();
    Values values = new Values(component, serverDefault);
    String jdbcUrl = values.jdbcUrl();
    String schema = values.matching(Option.SCHEMA, IDENTIFIER, "a lower-case name such as auth");
    int poolMaxSize = values.number(Option.POOL_MAX_SIZE, MIN_POOL_SIZE, MAX_POOL_SIZE);
    int queryMillis = values.number(Option.QUERY_TIMEOUT, MIN_QUERY_MILLIS, MAX_QUERY_MILLIS);
    int searchMillis = values.number(Option.SEARCH_TIMEOUT, MIN_QUERY_MILLIS, MAX_SEARCH_MILLIS);
    String aliases =
        values.matching(
            Option.PROVIDER_ALIASES, ALIASES, "a list such as google=google-oidc,github=gh");
    Values credentials = ownConnection ? new Values(component, key -> null) : values;
    String password = credentials.text(Option.PASSWORD);
    String reference = credentials.text(Option.BETTER_AUTH_SECRET);
    String betterAuthSecret = reference == null ? null : secret.apply(reference);
    secrets(betterAuthSecret);
    return new ComponentSettings(
        Optional.ofNullable(jdbcUrl)
            .map(
                url ->
                    new AuthDatabaseSettings(
                        url,
                        credentials.text(Option.USERNAME),
                        password == null ? noPassword(ownConnection) : secret.apply(password),
                        schema == null ? "auth" : schema,
                        poolMaxSize,
                        Duration.ofMillis(queryMillis),
                        Duration.ofMillis(searchMillis))),
        ownConnection,
        own.value(Option.BETTER_AUTH_SECRET) != null,
        values.choice(Option.EDIT_MODE, EditMode.class),
        values.flag(Option.TIER_EDITABLE),
        values.choice(Option.PASSWORD_FORMAT, PasswordFormat.class),
        values.flag(Option.UPGRADE_BCRYPT),
        values.choice(Option.DELETE_MODE, DeleteMode.class),
        values.flag(Option.SECURITY_EVENTS),
        values.flag(Option.MAILED_SECOND_FACTOR),
        values.flag(Option.LEGACY_TOKENS),
        Duration.ofSeconds(values.number(Option.APPLICATIONS_IMPORT, 0, MAX_IMPORT_SECONDS)),
        Duration.ofSeconds(values.number(Option.CHANGES_PERIOD, 0, MAX_CHANGES_SECONDS)),
        values.flag(Option.END_SESSIONS),
        betterAuthSecret,
        aliases == null ? Map.of() : aliases(aliases));
  }

  /** Those of {@link #betterAuthSecret()}. */
  public BetterAuthSecrets secrets() {
    return secrets(betterAuthSecret);
  }

  public boolean writable() {
    return editMode == EditMode.WRITABLE;
  }

  /**
   * Checks what options mean together, when they are saved.
   *
   * @throws ComponentValidationException with a sentence that says what to correct
   */
  public void checkTogether() {
    if (legacyTokens && !writable()) {
      throw new ComponentValidationException(
          "%s needs the edit mode WRITABLE: a refresh token is taken out of its table when it is used."
              .formatted(Option.LEGACY_TOKENS.label()));
    }
  }

  /** Whether tokens of the old service are taken. */
  public boolean takesLegacyTokens() {
    return legacyTokens && writable();
  }

  /** Whether Keycloak may change tiers: always in a writable schema, else where it is allowed. */
  public boolean tierChangeable() {
    return writable() || tierEditable;
  }

  /** Leaves the secrets out. */
  @Override
  public String toString() {
    return "ComponentSettings of " + database;
  }

  private static BetterAuthSecrets secrets(@Nullable String text) {
    try {
      return text == null ? BetterAuthSecrets.NONE : BetterAuthSecrets.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ComponentValidationException(
          "%s has the wrong form: %s."
              .formatted(Option.BETTER_AUTH_SECRET.label(), e.getMessage()));
    }
  }

  private static Map<String, String> aliases(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(pair -> pair.trim().split("=", 2))
        .collect(Collectors.toUnmodifiableMap(pair -> pair[0], pair -> pair[1], (a, b) -> b));
  }

  /** An empty one keeps the driver from looking for one in the server's {@code .pgpass}. */
  private static @Nullable String noPassword(boolean ownConnection) {
    return ownConnection ? "" : null;
  }

  /** One component's values over the server's, over the defaults. */
  private record Values(ComponentModel component, ServerDefaults server) {

    /** The server may give its own any argument but one. */
    @Nullable String jdbcUrl() {
      String own = OwnConnection.value(component, Option.JDBC_URL);
      if (own == null) {
        String url = matching(Option.JDBC_URL, JDBC_URL, "jdbc:postgresql://host:5432/database");
        if (url != null && OPTIONS.matcher(url).find()) {
          throw new ComponentValidationException(
              "%s must not have the argument options, which takes the time limit of statements away."
                  .formatted(Option.JDBC_URL.label()));
        }
        return url;
      }
      OwnUrl url = OwnUrl.parse(own);
      AllowedPlaces.of(server).check(url);
      return url.withoutClientCertificate();
    }

    @Nullable String text(Option option) {
      String value = OwnConnection.value(component, option);
      if (value != null) {
        return value;
      }
      String fallback = server.get(option.key());
      return fallback == null || fallback.isBlank() ? option.defaultValue() : fallback.trim();
    }

    @Nullable String matching(Option option, Pattern form, String example) {
      String value = text(option);
      if (value != null && !form.matcher(value).matches()) {
        throw new ComponentValidationException(
            "%s has the wrong form: give %s.".formatted(option.label(), example));
      }
      return value;
    }

    int number(Option option, int min, int max) {
      String value = text(option);
      try {
        int number = Integer.parseInt(value == null ? "" : value);
        if (number >= min && number <= max) {
          return number;
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw new ComponentValidationException(
          "%s must be a whole number from %s to %s."
              .formatted(option.label(), Integer.toString(min), Integer.toString(max)));
    }

    boolean flag(Option option) {
      String value = text(option);
      if (!"true".equals(value) && !"false".equals(value)) {
        throw new ComponentValidationException(
            "%s must be true or false.".formatted(option.label()));
      }
      return Boolean.parseBoolean(value);
    }

    <E extends Enum<E>> E choice(Option option, Class<E> type) {
      String value = text(option);
      return Arrays.stream(type.getEnumConstants())
          .filter(constant -> constant.toString().equals(value))
          .findFirst()
          .orElseThrow(
              () ->
                  new ComponentValidationException(
                      "%s must be one of %s."
                          .formatted(option.label(), Arrays.toString(type.getEnumConstants()))));
    }
  }
}
