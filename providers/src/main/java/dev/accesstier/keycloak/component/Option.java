// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import dev.accesstier.keycloak.credential.PasswordFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.keycloak.provider.ProviderConfigProperty;

/** The component's options: names, help texts and defaults as the console shows them. */
public enum Option {
  JDBC_URL(
      "jdbcUrl",
      "JDBC URL",
      "jdbc:postgresql://host:5432/database. Empty: the server's spi-storage--auth-schema--jdbc-url."
          + " With a URL, user or password here, the server's user, password and secret are not used;"
          + " another host, port or database asks for the password again.",
      ProviderConfigProperty.STRING_TYPE,
      null),
  USERNAME(
      "username",
      "Database user",
      "Empty, as URL and password are: the server's spi-storage--auth-schema--username. Reading needs select on users,"
          + " accounts, passwords and two_factor_auth.",
      ProviderConfigProperty.STRING_TYPE,
      null),
  PASSWORD(
      "password",
      "Database password",
      "Empty, as URL and user are: the server's spi-storage--auth-schema--password. May be a reference to the vault.",
      ProviderConfigProperty.PASSWORD,
      null),
  SCHEMA(
      "schema",
      "Schema",
      "Name of the schema with Better Auth's tables. Empty: the server's"
          + " spi-storage--auth-schema--schema, or else auth.",
      ProviderConfigProperty.STRING_TYPE,
      null),
  BETTER_AUTH_SECRET(
      "betterAuthSecret",
      "Better Auth secret",
      "BETTER_AUTH_SECRET of the running service, needed for second factors, or its"
          + " BETTER_AUTH_SECRETS, as 2:new,1:old, with the former as last entry. Empty, as URL, user"
          + " and password are: the server's spi-storage--auth-schema--better-auth-secret. May be a"
          + " reference to the vault.",
      ProviderConfigProperty.PASSWORD,
      null),
  EDIT_MODE(
      "editMode",
      "Edit mode",
      "READ_ONLY: Keycloak writes nothing into the schema but, where it may, tiers. Groups, granted roles, required actions"
          + " and unknown attributes are kept by Keycloak and stay editable. WRITABLE: what Keycloak"
          + " changes is written into the tables in Better Auth's own format.",
      ProviderConfigProperty.LIST_TYPE,
      EditMode.READ_ONLY.name(),
      names(EditMode.values())),
  TIER_EDITABLE(
      "tierEditable",
      "Tier editable",
      "Whether an access tier may be changed although the edit mode is READ_ONLY.",
      ProviderConfigProperty.BOOLEAN_TYPE,
      "true"),
  PASSWORD_FORMAT(
      "passwordFormat",
      "Password format",
      "How new passwords are stored: scrypt is Better Auth's own; bcrypt or argon2id where the"
          + " service gives Better Auth password functions of its own, which read nothing else.",
      ProviderConfigProperty.LIST_TYPE,
      PasswordFormat.SCRYPT.toString(),
      names(PasswordFormat.values())),
  UPGRADE_BCRYPT(
      "upgradeBcrypt",
      "Upgrade bcrypt",
      "Whether a correct bcrypt password is stored again in the password format, as is an scrypt one"
          + " where that is another. Of no effect in READ_ONLY mode.",
      ProviderConfigProperty.BOOLEAN_TYPE,
      "true"),
  DELETE_MODE(
      "deleteMode",
      "Delete mode",
      "SOFT sets deleted_at, HARD deletes the row. Of no effect in READ_ONLY mode.",
      ProviderConfigProperty.LIST_TYPE,
      DeleteMode.SOFT.name(),
      names(DeleteMode.values())),
  SECURITY_EVENTS(
      "securityEvents",
      "Security events",
      "Whether sign-ins are recorded in security_events. Of no effect in READ_ONLY mode.",
      ProviderConfigProperty.BOOLEAN_TYPE,
      "false"),
  MAILED_SECOND_FACTOR(
      "mailedSecondFactor",
      "Mailed second factor",
      "Whether users whose second factor at Better Auth is a code by mail get one from Keycloak."
          + " Otherwise they cannot sign in here.",
      ProviderConfigProperty.BOOLEAN_TYPE,
      "true"),
  LEGACY_TOKENS(
      "legacyTokens",
      "Tokens of the old service",
      "Whether opaque access tokens of oauth_access_tokens are introspected here, and refresh tokens"
          + " of it exchanged, once each, for tokens of Keycloak. Needs WRITABLE.",
      ProviderConfigProperty.BOOLEAN_TYPE,
      "false"),
  APPLICATIONS_IMPORT(
      "applicationsImport",
      "Import of apps",
      "Seconds between two imports of the apps in oauth_applications or oauth_clients as clients, on"
          + " one node; none of them is trusted. 0: only when an admin asks for it.",
      ProviderConfigProperty.STRING_TYPE,
      "0"),
  PROVIDER_ALIASES(
      "providerAliases",
      "Provider aliases",
      "Identity provider aliases that differ from Better Auth's provider ids, as"
          + " google=google-oidc,github=gh.",
      ProviderConfigProperty.STRING_TYPE,
      null),
  CHANGES_PERIOD(
      "changesPeriod",
      "Changes by others",
      "Seconds between two looks for users whom another service has changed, disabled or deleted:"
          + " Keycloak's user cache lets go of them. At least 60 without the index of indexes.sql."
          + " 0: never; the cache then keeps them as long as its policy says.",
      ProviderConfigProperty.STRING_TYPE,
      "5"),
  END_SESSIONS(
      "endSessions",
      "End sessions",
      "Whether users whom another service has deleted or banned are signed out, and demoted ones"
          + " from the apps that they may no longer enter. Needs the look for changes.",
      ProviderConfigProperty.BOOLEAN_TYPE,
      "true"),
  POOL_MAX_SIZE(
      "poolMaxSize",
      "Pool size",
      "Connections at most, for this component on each node; 2 at least. Searches and counts use no"
          + " more than half of them.",
      ProviderConfigProperty.STRING_TYPE,
      "10"),
  QUERY_TIMEOUT(
      "queryTimeout",
      "Query timeout",
      "Milliseconds after which a statement is cancelled. Above 1500 a look-up may outlast"
          + " Keycloak's own limit of 3000, storageProviderTimeout, which ends it as unavailable"
          + " while it waits for a connection: raise that as well.",
      ProviderConfigProperty.STRING_TYPE,
      "1500"),
  SEARCH_TIMEOUT(
      "searchTimeout",
      "Search timeout",
      "Milliseconds after which a search or a count is cancelled. More for large tables without an"
          + " index for it.",
      ProviderConfigProperty.STRING_TYPE,
      "5000");

  private final String key;
  private final String label;
  private final String help;
  private final String type;
  private final @Nullable String defaultValue;

  @SuppressWarnings("ImmutableEnumChecker") // always a List.of or a toList()
  private final List<String> choices;

  Option(String key, String label, String help, String type, @Nullable String defaultValue) {
    this(key, label, help, type, defaultValue, List.of());
  }

  Option(
      String key,
      String label,
      String help,
      String type,
      @Nullable String defaultValue,
      List<String> choices) {
    this.key = key;
    this.label = label;
    this.help = help;
    this.type = type;
    this.defaultValue = defaultValue;
    this.choices = choices;
  }

  /** The key in the component's configuration and, for the server's default, in its scope. */
  String key() {
    return key;
  }

  String label() {
    return label;
  }

  @Nullable String defaultValue() {
    return defaultValue;
  }

  public static List<ProviderConfigProperty> properties() {
    List<ProviderConfigProperty> properties = new ArrayList<>();
    for (Option option : values()) {
      ProviderConfigProperty property =
          new ProviderConfigProperty(
              option.key, option.label, option.help, option.type, option.defaultValue);
      property.setSecret(option.type.equals(ProviderConfigProperty.PASSWORD));
      property.setOptions(option.choices);
      properties.add(property);
    }
    return properties;
  }

  private static List<String> names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::toString).toList();
  }
}
