// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code jwks}, the keys that Better Auth signs its JWTs with. The private half is read where it is
 * asked for, and by nobody else.
 */
public final class AuthJwks {

  /** Columns that every version of Better Auth has, and that are read. */
  private static final Set<String> NEEDED = Set.of("id", "public_key", "created_at");

  /** Better Auth 1.7 goes on publishing an expired key for 30 days by default. */
  private static final String ROWS =
      """
      select j.id, j.public_key, %s, %s, j.created_at, %s
        from {h-schema}jwks j order by j.created_at desc, j.id
      """;

  private static final String EXPIRED =
      "coalesce(j.expires_at < now() - interval '30 days', false)";

  private AuthJwks() {}

  /**
   * One key.
   *
   * @param id the {@code kid} of its tokens
   * @param publicKey a JWK as JSON
   * @param algorithm what newer versions write in {@code alg}; null: it follows from the key
   * @param expired whether Better Auth publishes it no longer
   * @param created when Better Auth began to sign with it
   * @param privateKey as it is stored; null where it was not asked for, or may not be read
   */
  public record Row(
      String id,
      String publicKey,
      @Nullable String algorithm,
      boolean expired,
      Instant created,
      @Nullable String privateKey) {

    /** Leaves the keys out. */
    @Override
    public String toString() {
      return "Key " + id;
    }
  }

  /**
   * All keys, the newest first; empty where the table is missing or this role may not read it.
   *
   * @param withPrivate whether the private halves are wanted
   * @throws AuthDatabaseException when the database cannot be used
   */
  public static Optional<List<Row>> of(AuthDatabase database, boolean withPrivate) {
    return database.read(entityManager -> read(entityManager, withPrivate));
  }

  private static Optional<List<Row>> read(EntityManager entityManager, boolean withPrivate) {
    Map<String, String> there = TableColumns.readable(entityManager, "jwks");
    if (!there.keySet().containsAll(NEEDED)) {
      return Optional.empty();
    }
    String rows =
        ROWS.formatted(
            there.containsKey("alg") ? "j.alg" : "cast(null as text)",
            there.containsKey("expires_at") ? EXPIRED : "false",
            withPrivate && there.containsKey("private_key")
                ? "j.private_key"
                : "cast(null as text)");
    Stream<?> found = entityManager.createNativeQuery(rows).getResultStream();
    return Optional.of(
        found
            .map(Object[].class::cast)
            .map(
                row ->
                    new Row(
                        (String) row[0],
                        (String) row[1],
                        (String) row[2],
                        (Boolean) row[3],
                        (Instant) row[4],
                        (String) row[5]))
            .toList());
  }
}
