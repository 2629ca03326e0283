// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.OptionalColumn;
import dev.accesstier.keycloak.database.OptionalTable;
import dev.accesstier.keycloak.database.Shape;
import java.util.Optional;

/** What statements on users say of that which not every database has. The user's alias is u. */
record OptionalExpressions(Shape shape) {

  private static final String HAS_PASSKEYS =
      "case when exists (select 1 from AuthPasskey k where k.userId = u.id) then true else false end";

  /**
   * The language that somebody has chosen. What the table gives a new row is no choice, and such a
   * row has not been written since. PostgreSQL's own operator reads it, whatever stands there.
   */
  private static final String LOCALE =
      """
      cast((select sql('cast(? as jsonb) ->> ''locale''', s.globalSettings)
              from AuthUserSettings s
             where s.userId = u.id and s.updatedAt > s.createdAt) as String)
      """;

  private static final String BANNED = "coalesce(column(u.banned as Boolean), false)";
  private static final String BAN_ENDS = "column(u.ban_expires as Instant)";

  /** The arguments of {@link UserRow} after the user. */
  String ofRow() {
    return String.join(
        ", ",
        shape.has(OptionalTable.PASSKEYS) ? HAS_PASSKEYS : "false",
        shape.has(OptionalColumn.BANNED) ? BANNED : "false",
        shape.has(OptionalColumn.BAN_EXPIRES) ? BAN_ENDS : "cast(null as Instant)",
        shape.has(OptionalTable.USER_SETTINGS) ? "true, " + LOCALE : "false, cast(null as String)");
  }

  /** Whether the user is banned now. */
  String banned() {
    if (!shape.has(OptionalColumn.BANNED)) {
      return "1 = 0";
    }
    return shape.has(OptionalColumn.BAN_EXPIRES)
        ? "%1$s = true and (%2$s is null or %2$s > instant)".formatted(BANNED, BAN_ENDS)
        : BANNED + " = true";
  }

  /** The user's name of the username plugin. */
  Optional<String> username() {
    return shape.has(OptionalColumn.USERNAME)
        ? Optional.of("column(u.username as String)")
        : Optional.empty();
  }
}
