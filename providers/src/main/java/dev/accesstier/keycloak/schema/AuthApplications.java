// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The apps that the old service has as OAuth clients: {@code oauth_applications} of the plugin
 * {@code oidc-provider} (Better Auth until 1.6), and {@code oauth_clients} of the plugin {@code
 * oauth-provider} (1.7), each under its name in the singular as well.
 */
public final class AuthApplications {

  /** What is read of either; a table lacks some of them. */
  private enum Column {
    CLIENT_ID,
    CLIENT_SECRET,
    NAME,
    ICON,
    METADATA,
    REDIRECT_URLS,
    REDIRECT_URIS,
    TYPE,
    DISABLED,
    USER_ID,
    PUBLIC,
    SKIP_CONSENT,
    TOKEN_ENDPOINT_AUTH_METHOD;

    String column() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The newer first: after an upgrade its rows are the ones that the service uses. */
  private static final List<String> TABLES =
      List.of("oauth_clients", "oauth_client", "oauth_applications", "oauth_application");

  /** Above it somebody has left registration open to everybody, and an admin has to clean up. */
  public static final int MOST = 10_000;

  private static final String ROWS =
      "select %s from {h-schema}%s a order by a.created_at, a.client_id";

  private static final String CODES =
      "select count(c.id) from {h-schema}oauth_authorization_codes c";

  private AuthApplications() {}

  /**
   * One app, as it is stored.
   *
   * @param secret plain, hashed or encrypted; null where there is none
   * @param redirectUris joined by commas, or a JSON array, or a JSON string that holds either
   * @param isPublic what newer versions say in {@code public}; false where there is no such column
   * @param skipsConsent what newer versions say in {@code skip_consent}, which nobody can set who
   *     registers an app
   * @param authMethod null where there is no such column
   * @param owner the {@code users.id} of who registered it
   */
  public record Row(
      String table,
      String clientId,
      @Nullable String secret,
      @Nullable String name,
      @Nullable String icon,
      @Nullable String metadata,
      @Nullable String redirectUris,
      @Nullable String type,
      boolean disabled,
      boolean isPublic,
      boolean skipsConsent,
      @Nullable String authMethod,
      @Nullable String owner) {

    /** Leaves the secret out. */
    @Override
    public String toString() {
      return table + ' ' + clientId;
    }
  }

  /**
   * All apps, each client id once; empty where there is no such table that this role may read.
   *
   * @throws AuthDatabaseException when the database cannot be used
   */
  public static Optional<List<Row>> of(AuthDatabase database) {
    return database.search(AuthApplications::read);
  }

  /**
   * How many sign-ins {@code oauth_authorization_codes} holds. Better Auth keeps those that are
   * under way in {@code verification} and writes none here.
   */
  public static long authorizationCodes(AuthDatabase database) {
    return database.search(
        entityManager ->
            TableColumns.readable(entityManager, "oauth_authorization_codes").containsKey("id")
                ? ((Number) entityManager.createNativeQuery(CODES).getSingleResult()).longValue()
                : 0L);
  }

  private static Optional<List<Row>> read(EntityManager entityManager) {
    Map<String, Row> apps = new LinkedHashMap<>();
    boolean any = false;
    for (String table : TABLES) {
      Map<String, String> there = TableColumns.readable(entityManager, table);
      if (there.containsKey("client_id")
          && there.containsKey("created_at")
          && (there.containsKey("redirect_urls") || there.containsKey("redirect_uris"))) {
        any = true;
        rows(entityManager, table, there).forEach(row -> apps.putIfAbsent(row.clientId(), row));
      }
    }
    return any ? Optional.of(new ArrayList<>(apps.values())) : Optional.empty();
  }

  private static Stream<Row> rows(
      EntityManager entityManager, String table, Map<String, String> there) {
    String columns =
        Stream.of(Column.values())
            .map(column -> expression(column, there))
            .collect(Collectors.joining(", "));
    Stream<?> rows =
        entityManager
            .createNativeQuery(ROWS.formatted(columns, table))
            .setMaxResults(MOST + 1)
            .getResultStream();
    return rows.map(Object[].class::cast).map(cells -> row(table, cells));
  }

  /** As JSON, whatever its type: text, an array or a flag. */
  private static String expression(Column column, Map<String, String> there) {
    String name = column.column();
    if (!there.containsKey(name)) {
      return "cast(null as text)";
    }
    return switch (column) {
      case REDIRECT_URLS, REDIRECT_URIS -> "cast(to_json(a.%s) as text)".formatted(name);
      default -> "cast(a.%s as text)".formatted(name);
    };
  }

  private static Row row(String table, @Nullable Object[] cells) {
    String urls = text(cells, Column.REDIRECT_URLS);
    return new Row(
        table,
        String.valueOf(text(cells, Column.CLIENT_ID)),
        text(cells, Column.CLIENT_SECRET),
        text(cells, Column.NAME),
        text(cells, Column.ICON),
        text(cells, Column.METADATA),
        urls == null ? text(cells, Column.REDIRECT_URIS) : urls,
        text(cells, Column.TYPE),
        flag(cells, Column.DISABLED),
        flag(cells, Column.PUBLIC),
        flag(cells, Column.SKIP_CONSENT),
        text(cells, Column.TOKEN_ENDPOINT_AUTH_METHOD),
        text(cells, Column.USER_ID));
  }

  private static @Nullable String text(@Nullable Object[] cells, Column column) {
    return (String) cells[column.ordinal()];
  }

  private static boolean flag(@Nullable Object[] cells, Column column) {
    return "true".equals(cells[column.ordinal()]);
  }
}
