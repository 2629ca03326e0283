// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code user_settings}: three JSON objects a user.
 *
 * <p>Every method throws {@link AuthDatabaseException} when the database cannot be used.
 */
public final class AuthSettings {

  private static final String TABLE = "user_settings";

  private static final Set<String> NEEDED =
      Set.of("user_id", "global_settings", "app_overrides", "device_settings", "updated_at");

  private static final String COLUMNS =
      """
      select cast(s.global_settings as text), cast(s.app_overrides as text),
             cast(s.device_settings as text)
        from {h-schema}user_settings s where s.user_id = :user
      """;

  /** A default of the table is a literal; an expression of another kind is not looked at. */
  private static final Pattern LITERAL = Pattern.compile("'((?:[^']|'')*)'::jsonb?");

  private static final String DEFAULTS =
      """
      select a.attname, pg_get_expr(d.adbin, d.adrelid)
        from pg_attrdef d
        join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
        join pg_class t on t.oid = d.adrelid
        join pg_namespace n on n.oid = t.relnamespace
       where n.nspname = :schema and t.relname = :table
      """;

  private static final String MAKE =
      """
      insert into {h-schema}user_settings (user_id)
      select u.id from {h-schema}users u where u.id = :user
      on conflict do nothing
      """;

  private static final String UPDATE =
      """
      update {h-schema}user_settings
         set global_settings = cast(:global as jsonb), app_overrides = cast(:apps as jsonb),
             device_settings = cast(:devices as jsonb),
             updated_at = greatest(now(), created_at + interval '1 millisecond')
       where user_id = :user
      """;

  private static final String LOCALE = "locale";

  /** A row that is made in the same moment counts as written since, too. */
  private static final String SET_LOCALE =
      """
      update {h-schema}user_settings
         set global_settings =
               coalesce(global_settings, '{}')
                 || jsonb_build_object('locale', cast(:locale as text)),
             updated_at = greatest(now(), created_at + interval '1 millisecond')
       where user_id = :user
      """;

  private static final String REMOVE_LOCALE =
      """
      update {h-schema}user_settings
         set global_settings = coalesce(global_settings, '{}') - cast(:locale as text),
             updated_at = greatest(now(), created_at + interval '1 millisecond')
       where user_id = :user
      """;

  private final AuthDatabase database;

  public AuthSettings(AuthDatabase database) {
    this.database = database;
  }

  /** A row, each column a JSON object as text. */
  public record Row(String global, String apps, String devices) {}

  /**
   * A user's row, or what the table gives a new one; nothing is written. Empty where the table is
   * missing or may not be read.
   */
  public Optional<Row> of(String userId) {
    return database.read(
        entityManager ->
            isThere(entityManager)
                ? Optional.of(
                    row(entityManager, userId, "").orElseGet(() -> defaults(entityManager)))
                : Optional.empty());
  }

  /**
   * Changes a user's row, which no other request does meanwhile; makes it where there is none.
   *
   * @param change may end it with an exception, and then nothing is written
   * @return the changed row; empty where the table is missing, or the user
   */
  public Optional<Row> change(String userId, UnaryOperator<Row> change) {
    return database.write(
        entityManager -> {
          if (!isThere(entityManager)) {
            return Optional.empty();
          }
          entityManager.createNativeQuery(MAKE).setParameter("user", userId).executeUpdate();
          return row(entityManager, userId, " for update")
              .map(before -> written(entityManager, userId, before, change.apply(before)));
        });
  }

  /**
   * Sets the language, in a transaction that is under way.
   *
   * @param locale null: none
   */
  static boolean setLocale(EntityManager entityManager, String userId, @Nullable String locale) {
    entityManager.createNativeQuery(MAKE).setParameter("user", userId).executeUpdate();
    return entityManager
            .createNativeQuery(locale == null ? REMOVE_LOCALE : SET_LOCALE)
            .setParameter("locale", locale == null ? LOCALE : locale)
            .setParameter("user", userId)
            .executeUpdate()
        > 0;
  }

  private static Row written(EntityManager entityManager, String userId, Row before, Row after) {
    if (!after.equals(before)) {
      entityManager
          .createNativeQuery(UPDATE)
          .setParameter("global", after.global())
          .setParameter("apps", after.apps())
          .setParameter("devices", after.devices())
          .setParameter("user", userId)
          .executeUpdate();
    }
    return after;
  }

  private static Optional<Row> row(EntityManager entityManager, String userId, String lock) {
    Stream<?> rows =
        entityManager
            .createNativeQuery(COLUMNS + lock)
            .setParameter("user", userId)
            .getResultStream();
    return rows.map(Object[].class::cast)
        .map(cells -> new Row(text(cells[0]), text(cells[1]), text(cells[2])))
        .findFirst();
  }

  private static String text(@Nullable Object cell) {
    return cell == null ? "{}" : cell.toString();
  }

  private static Row defaults(EntityManager entityManager) {
    Stream<?> rows =
        entityManager
            .createNativeQuery(DEFAULTS)
            .setParameter("schema", AuthEntities.schemaOf(entityManager))
            .setParameter("table", TABLE)
            .getResultStream();
    Map<String, String> byColumn =
        rows.map(Object[].class::cast)
            .collect(
                Collectors.toMap(
                    row -> String.valueOf(row[0]), row -> literal(String.valueOf(row[1]))));
    return new Row(
        byColumn.getOrDefault("global_settings", "{}"),
        byColumn.getOrDefault("app_overrides", "{}"),
        byColumn.getOrDefault("device_settings", "{}"));
  }

  private static String literal(String expression) {
    Matcher literal = LITERAL.matcher(expression);
    return literal.matches() ? literal.group(1).replace("''", "'") : "{}";
  }

  private static boolean isThere(EntityManager entityManager) {
    return TableColumns.readable(entityManager, TABLE).keySet().containsAll(NEEDED);
  }
}
