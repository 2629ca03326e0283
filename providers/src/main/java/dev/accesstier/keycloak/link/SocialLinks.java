// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.schema.AuthAccount;
import dev.accesstier.keycloak.schema.AuthLinks;
import dev.accesstier.keycloak.schema.SessionRows;
import jakarta.ws.rs.core.Response.Status;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.IdentityProviderModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.ErrorResponse;
import org.keycloak.storage.StorageId;

/**
 * The rows of {@code accounts} that are of another provider, as links to the identity provider of
 * the same alias. Of several rows of one provider Keycloak shows the oldest; each signs in.
 */
final class SocialLinks {

  /** Of Keycloak's identity providers that speak OpenID Connect. */
  private static final String ISSUER = "issuer";

  private final KeycloakSession session;
  private final RealmModel realm;
  private final AuthComponent component;
  private final AuthLinks table;
  private final SessionRows<AuthAccount> read;

  SocialLinks(KeycloakSession session, RealmModel realm, AuthComponent component) {
    this.session = session;
    this.realm = realm;
    this.component = component;
    this.table = new AuthLinks(component.database());
    this.read = SessionRows.links(session, component.id());
  }

  /** Keycloak's id of the user who is linked to that account. */
  Optional<String> owner(FederatedIdentityModel link) {
    if (link.getUserId().indexOf('\0') >= 0) {
      return Optional.empty(); // PostgreSQL has no such text.
    }
    Optional<String> owner =
        Database.now(
                session, () -> table.owner(providers(link.getIdentityProvider()), link.getUserId()))
            .map(userId -> new StorageId(component.id(), userId).getId());
    owner.ifPresent(userId -> UserCaches.forget(session, realm, userId));
    return owner;
  }

  /** A user's links to identity providers that the realm has. */
  List<FederatedIdentityModel> of(String keycloakId) {
    if (!session.identityProviders().isIdentityFederationEnabled()) {
      return List.of();
    }
    UserCaches.forgetLinks(session, realm, keycloakId);
    Map<String, FederatedIdentityModel> byAlias = new LinkedHashMap<>();
    for (AuthAccount row : rows(keycloakId)) {
      String alias = alias(row.providerId());
      if (session.identityProviders().getByAlias(alias) != null) {
        byAlias.putIfAbsent(
            alias, new FederatedIdentityModel(alias, row.accountId(), row.accountId()));
      }
    }
    return List.copyOf(byAlias.values());
  }

  /**
   * Writes a new link. Should Keycloak's request fail afterwards, it stays: the user has proven to
   * be both.
   *
   * @return false where it is Keycloak's own, because the tables are read-only
   */
  boolean add(String keycloakId, FederatedIdentityModel link) {
    Optional<String> provider = providers(link.getIdentityProvider()).stream().findFirst();
    if (!component.writable() || provider.isEmpty()) {
      return false;
    }
    String userId = StorageId.externalId(keycloakId);
    Database.now(
        session,
        () -> {
          table.add(userId, provider.get(), link.getUserId(), issuer(link.getIdentityProvider()));
          return true;
        });
    read.forget(userId);
    return true;
  }

  /** Removes all of a user's links to that provider; false where the tables have none. */
  boolean remove(String keycloakId, String alias) {
    if (of(keycloakId).stream().noneMatch(link -> link.getIdentityProvider().equals(alias))) {
      return false;
    }
    if (!component.writable()) {
      throw ErrorResponse.error(
          "The link is kept by the auth schema, which is read-only here", Status.BAD_REQUEST);
    }
    String userId = StorageId.externalId(keycloakId);
    Database.now(
        session,
        () -> {
          table.remove(userId, providers(alias));
          return true;
        });
    read.forget(userId);
    return true;
  }

  private @Nullable String issuer(String alias) {
    IdentityProviderModel provider = session.identityProviders().getByAlias(alias);
    return provider == null ? null : provider.getConfig().get(ISSUER);
  }

  private List<AuthAccount> rows(String keycloakId) {
    return read.of(
        StorageId.externalId(keycloakId), id -> Database.now(session, () -> table.of(id)));
  }

  private String alias(String provider) {
    return component.providerAliases().getOrDefault(provider, provider);
  }

  /** Better Auth's ids of the provider that has that alias here; never the password's. */
  private Set<String> providers(String alias) {
    Stream<String> mapped =
        component.providerAliases().entrySet().stream()
            .filter(entry -> entry.getValue().equals(alias))
            .map(Map.Entry::getKey);
    Stream<String> same =
        Stream.of(alias).filter(id -> !component.providerAliases().containsKey(id));
    return Stream.concat(mapped, same)
        .filter(id -> !id.equals(AuthAccount.CREDENTIAL))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
