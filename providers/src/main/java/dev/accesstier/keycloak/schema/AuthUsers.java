// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import java.util.Optional;

/** Statements on {@code users} for features beside the storage provider. */
public final class AuthUsers {

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
   * Deletes every password of a user, that of the older service too.
   *
   * @throws AuthDatabaseException when it cannot be written; nothing was then
   */
  public void deletePasswords(String id) {
    int unused =
        database.write(
            entityManager ->
                entityManager
                        .createQuery(
                            "delete from AuthAccount a"
                                + " where a.userId = :id and a.providerId = 'credential'")
                        .setParameter("id", id)
                        .executeUpdate()
                    + entityManager
                        .createQuery("delete from AuthPassword p where p.userId = :id")
                        .setParameter("id", id)
                        .executeUpdate());
  }
}
