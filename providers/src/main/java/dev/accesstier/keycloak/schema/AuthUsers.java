package dev.accesstier.keycloak.schema;

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
}
