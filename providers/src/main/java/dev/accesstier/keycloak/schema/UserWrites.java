// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import static java.util.stream.Collectors.joining;

import jakarta.persistence.EntityManager;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The statements that write rows of {@code users}. */
public final class UserWrites {

  /** Role and tier are left to the columns' defaults; the name has none and is not known yet. */
  private static final String INSERT =
      """
      insert into AuthUser (id, name, email, emailVerified, createdAt, updatedAt)
      values (:id, '', :email, false, instant, instant)
      """;

  private static final String LIFT_BAN =
      "update {h-schema}users set banned = false, updated_at = now()%s where id = :id and banned";

  private UserWrites() {}

  public static AuthUser insert(EntityManager entityManager, String id, String email) {
    entityManager
        .createQuery(INSERT)
        .setParameter("id", id)
        .setParameter("email", email)
        .executeUpdate();
    return entityManager.find(AuthUser.class, id);
  }

  /** Sets one column and nothing else, since Better Auth may be writing others of the same row. */
  public static boolean set(
      EntityManager entityManager, String id, UserColumn column, @Nullable Object value) {
    return entityManager
            .createQuery(
                "update AuthUser u set u.%s = :value, u.updatedAt = instant where u.id = :id"
                    .formatted(column.attribute()))
            .setParameter("value", value)
            .setParameter("id", id)
            .executeUpdate()
        > 0;
  }

  /** Sets the language in the settings; null takes it out. */
  public static boolean setLocale(EntityManager entityManager, String id, @Nullable String locale) {
    return AuthSettings.setLocale(entityManager, id, locale);
  }

  /** Soft-deletes a user, or brings one back. A user who is deleted already stays so. */
  public static int setDeleted(EntityManager entityManager, String id, boolean deleted) {
    return entityManager
        .createQuery(
            deleted
                ? "update AuthUser u set u.deletedAt = instant, u.updatedAt = instant"
                    + " where u.id = :id and u.deletedAt is null"
                : "update AuthUser u set u.deletedAt = null, u.updatedAt = instant"
                    + " where u.id = :id and u.deletedAt is not null")
        .setParameter("id", id)
        .executeUpdate();
  }

  /** Whether this database user may end a ban. */
  public static boolean mayLiftBans(EntityManager entityManager) {
    return TableColumns.updatable(entityManager, "users").containsKey("banned");
  }

  /**
   * Ends a ban, as Better Auth's admin plugin does.
   *
   * @return false where there is none
   */
  public static boolean liftBan(EntityManager entityManager, String id) {
    Set<String> columns = TableColumns.updatable(entityManager, "users").keySet();
    return entityManager
            .createNativeQuery(
                LIFT_BAN.formatted(
                    Stream.of("ban_reason", "ban_expires")
                        .filter(columns::contains)
                        .map(column -> ", " + column + " = null")
                        .collect(joining())))
            .setParameter("id", id)
            .executeUpdate()
        > 0;
  }

  /** Deletes a user; the schema's foreign keys take all that belongs to them along. */
  public static int delete(EntityManager entityManager, String id) {
    return entityManager
        .createQuery("delete from AuthUser u where u.id = :id")
        .setParameter("id", id)
        .executeUpdate();
  }
}
