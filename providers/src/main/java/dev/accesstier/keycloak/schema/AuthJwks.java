// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The public half of {@code jwks}, the keys that Better Auth signs its JWTs with. */
public final class AuthJwks {

  /** Columns that every version of Better Auth has, and that are read. */
  private static final Set<String> NEEDED = Set.of("id", "public_key", "created_at");

  /** Better Auth 1.7 goes on publishing an expired key for 30 days by default. */
  private static final String ROWS =
      """
      select j.id, j.public_key, %s, %s from {h-schema}jwks j order by j.created_at desc, j.id
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
   */
  public record Row(String id, String publicKey, @Nullable String algorithm, boolean expired) {}

  /**
   * All keys, the newest first; empty where the table is missing or this role may not read it.
   *
   * @throws AuthDatabaseException when the database cannot be used
   */
  public static Optional<List<Row>> of(AuthDatabase database) {
    return database.read(AuthJwks::read);
  }

  private static Optional<List<Row>> read(EntityManager entityManager) {
    Map<String, String> there = TableColumns.readable(entityManager, "jwks");
    if (!there.keySet().containsAll(NEEDED)) {
      return Optional.empty();
    }
    String rows =
        ROWS.formatted(
            there.containsKey("alg") ? "j.alg" : "cast(null as text)",
            there.containsKey("expires_at") ? EXPIRED : "false");
    Stream<?> found = entityManager.createNativeQuery(rows).getResultStream();
    return Optional.of(
        found
            .map(Object[].class::cast)
            .map(
                row -> new Row((String) row[0], (String) row[1], (String) row[2], (Boolean) row[3]))
            .toList());
  }
}
