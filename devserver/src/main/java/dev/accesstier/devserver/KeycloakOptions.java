// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How to start a Keycloak. Without {@link #database} it keeps its data in a file of its own.
 *
 * @param providers JARs for its {@code providers} folder
 * @param realms files to import at the first start
 * @param arguments further arguments of {@code kc.sh start-dev}
 * @param environment further variables; secrets belong here
 * @param heap options for the heap, as {@code -Xms256m -Xmx768m}
 * @param preferredPort taken when free; 0 prefers none
 * @param preferredManagementPort likewise
 */
public record KeycloakOptions(
    List<Path> providers,
    List<Path> realms,
    List<String> arguments,
    Map<String, String> environment,
    String heap,
    int preferredPort,
    int preferredManagementPort) {

  /** No providers, no realms, any ports, a heap of 768 MiB. */
  public static KeycloakOptions defaults() {
    return new KeycloakOptions(
        List.of(), List.of(), List.of(), Map.of(), "-Xms256m -Xmx768m", 0, 0);
  }

  public KeycloakOptions provider(Path jar) {
    return new KeycloakOptions(
        with(providers, jar),
        realms,
        arguments,
        environment,
        heap,
        preferredPort,
        preferredManagementPort);
  }

  public KeycloakOptions realm(Path file) {
    return new KeycloakOptions(
        providers,
        with(realms, file),
        arguments,
        environment,
        heap,
        preferredPort,
        preferredManagementPort);
  }

  public KeycloakOptions argument(String argument) {
    return new KeycloakOptions(
        providers,
        realms,
        with(arguments, argument),
        environment,
        heap,
        preferredPort,
        preferredManagementPort);
  }

  public KeycloakOptions variable(String name, String value) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put(name, value);
    return new KeycloakOptions(
        providers,
        realms,
        arguments,
        Map.copyOf(variables),
        heap,
        preferredPort,
        preferredManagementPort);
  }

  public KeycloakOptions heap(String options) {
    return new KeycloakOptions(
        providers, realms, arguments, environment, options, preferredPort, preferredManagementPort);
  }

  public KeycloakOptions ports(int http, int management) {
    return new KeycloakOptions(providers, realms, arguments, environment, heap, http, management);
  }

  /** Keycloak's own tables in a database of that PostgreSQL. */
  public KeycloakOptions database(PostgresServer postgres, String database) {
    return argument("--db=postgres")
        .argument("--db-url=" + postgres.jdbcUrl(database))
        .variable("KC_DB_USERNAME", PostgresServer.USER)
        .variable("KC_DB_PASSWORD", PostgresServer.PASSWORD);
  }

  /** Schema {@code auth} in a database of that PostgreSQL, for components that name none. */
  public KeycloakOptions authSchema(PostgresServer postgres, String database, String secret) {
    return argument("--spi-storage--auth-schema--jdbc-url=" + postgres.jdbcUrl(database))
        .variable("KC_SPI_STORAGE__AUTH_SCHEMA__USERNAME", PostgresServer.USER)
        .variable("KC_SPI_STORAGE__AUTH_SCHEMA__PASSWORD", PostgresServer.PASSWORD)
        .variable("KC_SPI_STORAGE__AUTH_SCHEMA__BETTER_AUTH_SECRET", secret);
  }

  private static <T> List<T> with(List<T> list, T more) {
    List<T> longer = new ArrayList<>(list);
    longer.add(more);
    return List.copyOf(longer);
  }
}
