// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthConflictException;
import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.database.OptionalTable;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Statements on {@code passkeys}. Where the table is missing or may not be read, nobody has any.
 *
 * <p>Every method throws {@link AuthDatabaseException} when the database cannot be used.
 */
public final class AuthPasskeys {

  private static final String OF_USER =
      "select p from AuthPasskey p where p.userId = :user order by p.createdAt, p.id";

  private static final String OWNER =
      "select p.userId from AuthPasskey p where p.credentialId = :credential";

  /** Compare and set: Better Auth counts as well, and the higher number is the later one. */
  private static final String RAISE_COUNTER =
      "update AuthPasskey p set p.counter = :counter where p.id = :id and p.counter < :counter";

  private static final String USED =
      "update {h-schema}passkeys set last_used_at = now() where credential_id = :credential";

  private static final String RENAME =
      "update AuthPasskey p set p.friendlyName = :name where p.id = :id";

  private static final String DELETE = "delete from AuthPasskey p where p.id = :id";

  /** In SQL, because jsonb takes no plain text. */
  private static final String INSERT =
      """
      insert into {h-schema}passkeys (id, user_id, credential_id, public_key, counter, device_type,
             backed_up, transports, friendly_name, last_used_at, created_at)
      values (:id, :user, :credential, :key, :counter, :device,
             :backedUp, cast(:transports as jsonb), cast(:name as text), null, now())
      """;

  private final AuthDatabase database;

  public AuthPasskeys(AuthDatabase database) {
    this.database = database;
  }

  /** A user's passkeys, oldest first. */
  public List<AuthPasskey> of(String userId) {
    return database.read(
        entityManager ->
            database.has(OptionalTable.PASSKEYS)
                ? entityManager
                    .createQuery(OF_USER, AuthPasskey.class)
                    .setParameter("user", userId)
                    .getResultList()
                : List.of());
  }

  /** The user whose passkey has that credential id, base64url without padding. */
  public Optional<String> owner(String credentialId) {
    return database.read(
        entityManager ->
            database.has(OptionalTable.PASSKEYS)
                ? entityManager
                    .createQuery(OWNER, String.class)
                    .setParameter("credential", credentialId)
                    .getResultStream()
                    .findFirst()
                : Optional.empty());
  }

  /** Whether registrations can be written. */
  public boolean there() {
    return database.read(entityManager -> database.has(OptionalTable.PASSKEYS));
  }

  /**
   * Adds one.
   *
   * @throws AuthConflictException when the credential id is taken or the user is gone
   */
  public void insert(NewPasskey passkey) {
    write(
        entityManager ->
            entityManager
                .createNativeQuery(INSERT)
                .setParameter("id", passkey.id())
                .setParameter("user", passkey.userId())
                .setParameter("credential", passkey.credentialId())
                .setParameter("key", passkey.publicKey())
                .setParameter("counter", passkey.counter())
                .setParameter("device", passkey.multiDevice() ? "multiDevice" : "singleDevice")
                .setParameter("backedUp", passkey.backedUp())
                .setParameter(
                    "transports",
                    passkey.transports().stream()
                        .filter(transport -> transport.matches("[\\w-]+"))
                        .map(transport -> '"' + transport + '"')
                        .collect(Collectors.joining(", ", "[", "]")))
                .setParameter("name", passkey.friendlyName())
                .executeUpdate());
  }

  /** Sets the counter, unless it is that high already. */
  public void raiseCounter(String id, long counter) {
    write(
        entityManager ->
            entityManager
                .createQuery(RAISE_COUNTER)
                .setParameter("id", id)
                .setParameter("counter", counter)
                .executeUpdate());
  }

  /** Notes that somebody just signed in with it. */
  public void used(String credentialId) {
    write(
        entityManager ->
            entityManager
                .createNativeQuery(USED)
                .setParameter("credential", credentialId)
                .executeUpdate());
  }

  public void rename(String id, String name) {
    write(
        entityManager ->
            entityManager
                .createQuery(RENAME)
                .setParameter("id", id)
                .setParameter("name", name)
                .executeUpdate());
  }

  /** Nothing happens to one that is gone. */
  public void delete(String id) {
    write(
        entityManager -> entityManager.createQuery(DELETE).setParameter("id", id).executeUpdate());
  }

  private void write(ToIntFunction<EntityManager> statement) {
    database.write(statement::applyAsInt);
  }
}
