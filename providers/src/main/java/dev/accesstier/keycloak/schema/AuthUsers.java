// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.database.OptionalTable;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;

/** Statements on {@code users} for features beside the storage provider. */
public final class AuthUsers {

  private static final String PROVIDERS =
      "select a.providerId from AuthAccount a where a.userId = :id and a.providerId <> 'credential'";

  private final AuthDatabase database;

  public AuthUsers(AuthDatabase database) {
    this.database = database;
  }

  /**
   * The row as it is now, past every cache.
   *
   * @throws AuthDatabaseException when it cannot be read
   */
  public Optional<AuthUser> find(String id) {
    return database.read(
        entityManager -> Optional.ofNullable(entityManager.find(AuthUser.class, id)));
  }

  /**
   * What a user could sign in with.
   *
   * @param password whether there was one, that of the older service included
   * @param providers the links to other providers, by {@code provider_id}
   * @param passkeys how many
   */
  public record WaysIn(boolean password, List<String> providers, int passkeys) {}

  /**
   * Deletes all that a user could sign in with.
   *
   * @return what there was
   * @throws AuthDatabaseException when it cannot be written; nothing was then
   */
  public WaysIn deleteWaysIn(String id) {
    return database.write(
        entityManager -> {
          List<String> providers =
              entityManager
                  .createQuery(PROVIDERS, String.class)
                  .setParameter("id", id)
                  .getResultList();
          int accounts = delete(entityManager, "AuthAccount", id);
          int older = delete(entityManager, "AuthPassword", id);
          int passkeys =
              database.has(OptionalTable.PASSKEYS) ? delete(entityManager, "AuthPasskey", id) : 0;
          return new WaysIn(accounts + older > providers.size(), providers, passkeys);
        });
  }

  private static int delete(EntityManager entityManager, String entity, String userId) {
    return entityManager
        .createQuery("delete from " + entity + " e where e.userId = :id")
        .setParameter("id", userId)
        .executeUpdate();
  }
}
