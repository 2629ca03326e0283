// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import dev.accesstier.keycloak.database.AuthDatabase;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Statements on the rows of {@code accounts} that link users to other providers. The tokens in
 * these rows are neither read nor written.
 *
 * <p>Every method throws {@link AuthDatabaseException} when the database cannot be used.
 */
public final class AuthLinks {

  private static final String OF_USER =
      """
      select a from AuthAccount a
       where a.userId = :user and a.providerId <> 'credential'
       order by a.createdAt, a.id
      """;

  private static final String OWNER =
      """
      select a.userId from AuthAccount a
       where a.accountId = :account and a.providerId in :providers
       order by a.createdAt, a.id
      """;

  /** In SQL: the entity would write columns that are not ours to set. */
  private static final String INSERT =
      """
      insert into {h-schema}accounts (id, account_id, provider_id, user_id, created_at, updated_at%s)
      select :id, :account, :provider, u.id, now(), now()%s from {h-schema}users u
       where u.id = :user
         and not exists (select from {h-schema}accounts a where a.user_id = u.id
                          and a.provider_id = :provider and a.account_id = :account)
      """;

  private static final String DELETE =
      "delete from AuthAccount a where a.userId = :user and a.providerId in :providers";

  private final AuthDatabase database;

  public AuthLinks(AuthDatabase database) {
    this.database = database;
  }

  /** A user's links, oldest first. */
  public List<AuthAccount> of(String userId) {
    return database.read(
        entityManager ->
            entityManager
                .createQuery(OF_USER, AuthAccount.class)
                .setParameter("user", userId)
                .getResultList());
  }

  /** The user linked to that account at one of the providers; the oldest link counts. */
  public Optional<String> owner(Collection<String> providers, String accountId) {
    return providers.isEmpty()
        ? Optional.empty()
        : database.read(
            entityManager ->
                entityManager
                    .createQuery(OWNER, String.class)
                    .setParameter("account", accountId)
                    .setParameter("providers", providers)
                    .setMaxResults(1)
                    .getResultStream()
                    .findFirst());
  }

  /**
   * Links a user, unless that very link is there or the user is gone.
   *
   * @param issuer of a provider that speaks OpenID Connect; null of another
   */
  public void add(String userId, String provider, String accountId, @Nullable String issuer) {
    database.write(entityManager -> add(entityManager, userId, provider, accountId, issuer));
  }

  private static int add(
      EntityManager entityManager,
      String userId,
      String provider,
      String accountId,
      @Nullable String issuer) {
    boolean withIssuer = AccountIssuer.isKept(entityManager);
    Query insert =
        entityManager
            .createNativeQuery(
                withIssuer
                    ? INSERT.formatted(", issuer", ", cast(:issuer as text)")
                    : INSERT.formatted("", ""))
            .setParameter("id", AuthIds.random())
            .setParameter("account", accountId)
            .setParameter("provider", provider)
            .setParameter("user", userId);
    if (withIssuer) {
      insert.setParameter("issuer", AccountIssuer.of(entityManager, provider, issuer));
    }
    return insert.executeUpdate();
  }

  /** Removes a user's links to the providers. */
  public void remove(String userId, Collection<String> providers) {
    database.write(entityManager -> remove(entityManager, userId, providers));
  }

  private static int remove(
      EntityManager entityManager, String userId, Collection<String> providers) {
    return entityManager
        .createQuery(DELETE)
        .setParameter("user", userId)
        .setParameter("providers", providers)
        .executeUpdate();
  }
}
