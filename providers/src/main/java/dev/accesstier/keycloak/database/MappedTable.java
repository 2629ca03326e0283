// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

import static dev.accesstier.keycloak.database.ColumnKind.FLAG;
import static dev.accesstier.keycloak.database.ColumnKind.JSON;
import static dev.accesstier.keycloak.database.ColumnKind.LABEL;
import static dev.accesstier.keycloak.database.ColumnKind.NUMBER;
import static dev.accesstier.keycloak.database.ColumnKind.TEXT;
import static dev.accesstier.keycloak.database.ColumnKind.TIME;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is read of a table, and what is written to it. Keep in step with {@code auth-schema.orm.xml}
 * and the statements that insert.
 *
 * <p>What one feature alone needs is in none that everybody needs: a role that may not read {@code
 * sessions} still signs people in, and the feature says so itself.
 */
enum MappedTable {
  ACCOUNTS(
      "accounts",
      columns(TEXT, "id", "account_id", "user_id", "provider_id", "password")
          .and(TIME, "created_at", "updated_at"),
      "insert,update",
      "id,account_id,user_id,provider_id,password,created_at,updated_at,issuer"),
  PASSKEYS(
      "passkeys",
      columns(TEXT, "id", "user_id", "credential_id", "public_key", "friendly_name")
          .and(NUMBER, "counter")
          .and(JSON, "transports")
          .and(TIME, "created_at"),
      "",
      "id,user_id,credential_id,public_key,counter,device_type,backed_up,transports,friendly_name,"
          + "last_used_at,created_at"),
  PASSWORDS("passwords", columns(TEXT, "user_id", "hashed_password"), "delete", ""),
  TWO_FACTOR_AUTH(
      "two_factor_auth",
      columns(TEXT, "user_id", "secret", "backup_codes").and(TIME, "created_at"),
      "insert,update,delete",
      "user_id,secret,backup_codes,created_at,id,verified,failed_verification_count"),
  USER_SETTINGS(
      "user_settings",
      columns(TEXT, "user_id").and(JSON, "global_settings").and(TIME, "created_at", "updated_at"),
      "",
      ""),
  USERS(
      "users",
      columns(TEXT, "id", "name", "email", "image")
          .and(FLAG, "email_verified", "two_factor_enabled")
          .and(LABEL, "role", "access_tier")
          .and(TIME, "created_at", "updated_at", "deleted_at"),
      "insert,update,delete",
      "id,name,email,email_verified,created_at,updated_at");

  /** Those without which nobody signs in. */
  static final Set<MappedTable> NEEDED = Set.of(ACCOUNTS, PASSWORDS, TWO_FACTOR_AUTH, USERS);

  private record Columns(Map<String, ColumnKind> kinds) {
    Columns and(ColumnKind kind, String... names) {
      Stream.of(names).forEach(name -> kinds.put(name, kind));
      return this;
    }
  }

  private final String table;

  @SuppressWarnings("ImmutableEnumChecker") // Nobody writes them after the constructor.
  private final Map<String, ColumnKind> columns;

  private final String privileges;

  @SuppressWarnings("ImmutableEnumChecker") // likewise
  private final Set<String> inserted;

  MappedTable(String table, Columns columns, String privileges, String inserted) {
    this.table = table;
    this.columns = columns.kinds();
    this.privileges = privileges;
    this.inserted = Stream.of(inserted.split(",", -1)).collect(Collectors.toUnmodifiableSet());
  }

  String table() {
    return table;
  }

  /** What the mapping reads. */
  Map<String, ColumnKind> columns() {
    return columns;
  }

  /** What a writable schema must allow, as {@code insert,update}; empty: a feature says it. */
  String privileges() {
    return privileges;
  }

  /** Whether rows are made at all. */
  boolean isInsertedInto() {
    return !inserted.contains("");
  }

  /** Whether a row that is made here has a value in that column. */
  boolean inserts(String column) {
    return inserted.contains(column);
  }

  private static Columns columns(ColumnKind kind, String... names) {
    return new Columns(new LinkedHashMap<>()).and(kind, names);
  }
}
