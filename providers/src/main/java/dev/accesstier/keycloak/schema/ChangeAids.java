// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;

/**
 * What the owner of the schema has installed so that changes are noticed soon.
 *
 * @param indexed whether {@code users} has an index that begins with {@code updated_at}
 * @param hinted whether its trigger {@code access_tier_hint} tells of every statement
 */
public record ChangeAids(boolean indexed, boolean hinted) {

  private static final String SQL =
      """
      select exists (
               select 1 from pg_index i
                 join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
                where i.indrelid = to_regclass(:users) and i.indisvalid
                  and i.indpred is null and a.attname = 'updated_at'),
             exists (
               select 1 from pg_trigger
                where tgrelid = to_regclass(:users) and tgname = 'access_tier_hint'
                  and tgenabled in ('O', 'A'))
      """;

  /**
   * Reads it.
   *
   * @throws dev.accesstier.keycloak.outage.AuthDatabaseException when the database cannot be used
   */
  public static ChangeAids of(AuthDatabase database, String schema) {
    Object[] row =
        database.read(
            em ->
                (Object[])
                    em.createNativeQuery(SQL, Object[].class)
                        .setParameter("users", "\"%s\".users".formatted(schema))
                        .getSingleResult());
    return new ChangeAids(Boolean.TRUE.equals(row[0]), Boolean.TRUE.equals(row[1]));
  }
}
