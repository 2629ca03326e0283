// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the tables hold about one user, as they are themselves to read it: every column but those
 * that let somebody act as the user.
 */
public final class PersonalRows {

  private static final int LOT = 1000;

  private final AuthDatabase database;

  public PersonalRows(AuthDatabase database) {
    this.database = database;
  }

  /** A table that says something about people, with what may be told of it. */
  public enum Table {
    USERS(
        "users",
        "id",
        "created_at",
        "id",
        "name",
        "email",
        "email_verified",
        "image",
        "role",
        "access_tier",
        "two_factor_enabled",
        "username",
        "display_username",
        "banned",
        "ban_reason",
        "ban_expires",
        "created_at",
        "updated_at",
        "deleted_at"),
    SESSIONS(
        "sessions",
        "user_id",
        "created_at",
        "id",
        "created_at",
        "updated_at",
        "expires_at",
        "revoked_at",
        "last_activity_at",
        "remember_me",
        "ip_address",
        "user_agent",
        "device_id",
        "device_name"),
    SECURITY_EVENTS(
        "security_events",
        "user_id",
        "created_at",
        "event_type",
        "ip_address",
        "user_agent",
        "metadata",
        "created_at"),
    ACCOUNTS(
        "accounts",
        "user_id",
        "created_at",
        "id",
        "provider_id",
        "account_id",
        "issuer",
        "scope",
        "created_at",
        "updated_at"),
    TWO_FACTOR(
        "two_factor_auth",
        "user_id",
        "created_at",
        "enabled",
        "verified",
        "created_at",
        "enabled_at"),
    PASSKEYS(
        "passkeys",
        "user_id",
        "created_at",
        "id",
        "friendly_name",
        "device_type",
        "backed_up",
        "transports",
        "created_at",
        "last_used_at"),
    SETTINGS(
        "user_settings",
        "user_id",
        "created_at",
        "global_settings",
        "app_overrides",
        "device_settings",
        "created_at",
        "updated_at"),
    CONSENTS(
        "oauth_consents",
        "user_id",
        "created_at",
        "client_id",
        "scopes",
        "consent_given",
        "created_at",
        "updated_at"),
    TOKENS(
        "oauth_access_tokens",
        "user_id",
        "created_at",
        "client_id",
        "scopes",
        "access_token_expires_at",
        "refresh_token_expires_at",
        "created_at",
        "updated_at"),
    APPLICATIONS(
        "oauth_applications",
        "user_id",
        "created_at",
        "client_id",
        "name",
        "redirect_urls",
        "created_at",
        "updated_at"),
    MATRIX_LINKS(
        "matrix_user_links",
        "user_id",
        "linked_at",
        "matrix_user_id",
        "email",
        "linked_at",
        "last_used_at");

    private final String table;
    private final String key;
    private final String order;
    private final List<String> columns;

    Table(String table, String key, String order, String... columns) {
      this.table = table;
      this.key = key;
      this.order = order;
      this.columns = List.of(columns);
    }

    private String statement(Set<String> readable) {
      return """
          select cast(row_to_json(r) as text)
            from (select %s from {h-schema}%s t where t.%s = :user
                   order by %st.ctid limit :max offset :first) r
          """
          .formatted(
              String.join(", ", columns.stream().filter(readable::contains).toList()),
              table,
              key,
              readable.contains(order) ? "t." + order + " desc, " : "");
    }
  }

  /**
   * Hands on each row of the user, newest first, as a JSON object with the names of the columns.
   * There are none where the table is missing or may not be read.
   *
   * @throws AuthDatabaseException when the database cannot be used
   */
  public void each(Table table, String userId, Consumer<String> row) {
    List<String> lot;
    int first = 0;
    do {
      int from = first;
      lot = database.read(entityManager -> lot(entityManager, table, userId, from));
      lot.forEach(row);
      first += LOT;
    } while (lot.size() == LOT);
  }

  /** How many rows the user has; 0 where the table is missing or may not be read. */
  public long count(Table table, String userId) {
    return database.read(
        entityManager ->
            TableColumns.readable(entityManager, table.table).containsKey(table.key)
                ? ((Number)
                        entityManager
                            .createNativeQuery(
                                "select count(*) from {h-schema}%s t where t.%s = :user"
                                    .formatted(table.table, table.key))
                            .setParameter("user", userId)
                            .getSingleResult())
                    .longValue()
                : 0L);
  }

  private static List<String> lot(
      EntityManager entityManager, Table table, String userId, int first) {
    Set<String> readable = TableColumns.readable(entityManager, table.table).keySet();
    if (!readable.contains(table.key) || table.columns.stream().noneMatch(readable::contains)) {
      return List.of();
    }
    Stream<?> rows =
        entityManager
            .createNativeQuery(table.statement(readable))
            .setParameter("user", userId)
            .setParameter("max", LOT)
            .setParameter("first", first)
            .getResultStream();
    return rows.map(String::valueOf).toList();
  }
}
