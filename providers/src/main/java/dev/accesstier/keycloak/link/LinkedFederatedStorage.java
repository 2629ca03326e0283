// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import jakarta.persistence.EntityManager;
import jakarta.ws.rs.core.Response.Status;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.PasswordCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.services.ErrorResponse;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.jpa.JpaUserFederatedStorageProvider;
import org.keycloak.utils.StreamsUtil;

/**
 * Keycloak's federated storage, which also has the passkeys, the consents and the links of our
 * users. They are not copied: what Keycloak reads is what the tables hold, and what it writes is
 * written there. Users of every other storage, and all else of ours, are Keycloak's business as
 * before.
 *
 * <p>This is the one place that sees all of it. A deletion in the console reaches no user storage
 * provider and no credential provider, and a brokered login asks nobody else for its user.
 */
final class LinkedFederatedStorage extends JpaUserFederatedStorageProvider {

  private static final String PASSKEY = WebAuthnCredentialModel.TYPE_PASSWORDLESS;

  private final KeycloakSession session;

  LinkedFederatedStorage(KeycloakSession session, EntityManager entityManager) {
    super(session, entityManager);
    this.session = session;
  }

  // Passkeys

  @Override
  public Stream<CredentialModel> getStoredCredentialsStream(RealmModel realm, String userId) {
    Stream<CredentialModel> own =
        super.getStoredCredentialsStream(realm, userId)
            .filter(Predicate.not(SeenCounters::isCounter));
    return Stream.concat(passkeys(realm, userId), own);
  }

  @Override
  public Stream<CredentialModel> getStoredCredentialsByTypeStream(
      RealmModel realm, String userId, String type) {
    Stream<CredentialModel> own = super.getStoredCredentialsByTypeStream(realm, userId, type);
    return PASSKEY.equals(type) ? Stream.concat(passkeys(realm, userId), own) : own;
  }

  @Override
  public @Nullable CredentialModel getStoredCredentialById(
      RealmModel realm, String userId, String id) {
    return passkey(realm, userId, id)
        .or(
            () ->
                Optional.ofNullable(super.getStoredCredentialById(realm, userId, id))
                    .filter(Predicate.not(SeenCounters::isCounter)))
        .orElse(null);
  }

  @Override
  public @Nullable CredentialModel getStoredCredentialByNameAndType(
      RealmModel realm, String userId, String name, String type) {
    return getStoredCredentialsByTypeStream(realm, userId, type)
        .filter(credential -> name.equals(credential.getUserLabel()))
        .findFirst()
        .orElse(null);
  }

  @Override
  public CredentialModel createCredential(
      RealmModel realm, String userId, CredentialModel credential) {
    requireNoPassword(realm, userId, credential);
    return PASSKEY.equals(credential.getType())
        ? keeper(realm, userId)
            .flatMap(keeper -> keeper.register(credential))
            .orElseGet(() -> super.createCredential(realm, userId, credential))
        : super.createCredential(realm, userId, credential);
  }

  /**
   * A password that comes as a hash would be a second one beside the row's, which no change of it
   * would ever end.
   */
  private void requireNoPassword(RealmModel realm, String userId, CredentialModel credential) {
    if (PasswordCredentialModel.TYPE.equals(credential.getType())
        && component(realm, userId).isPresent()) {
      throw ErrorResponse.error(
          "The password is kept by the auth schema, which takes no hash of Keycloak's",
          Status.BAD_REQUEST);
    }
  }

  @Override
  public void updateCredential(RealmModel realm, String userId, CredentialModel credential) {
    Optional<CredentialModel> stored = passkey(realm, userId, credential.getId());
    if (stored.isEmpty()) {
      super.updateCredential(realm, userId, credential);
    } else {
      keeper(realm, userId)
          .flatMap(keeper -> keeper.update(stored.get(), credential))
          .ifPresent(counter -> seenCounters(realm, userId).note(credential.getId(), counter));
    }
  }

  @Override
  public boolean removeStoredCredential(RealmModel realm, String userId, String id) {
    if (passkey(realm, userId, id).isEmpty()) {
      return super.removeStoredCredential(realm, userId, id);
    }
    keeper(realm, userId).orElseThrow().delete(id);
    seenCounters(realm, userId).forget(id);
    return true;
  }

  private Stream<CredentialModel> passkeys(RealmModel realm, String userId) {
    return keeper(realm, userId).stream()
        .flatMap(keeper -> keeper.all(seenCounters(realm, userId)));
  }

  private Optional<CredentialModel> passkey(RealmModel realm, String userId, String id) {
    return passkeys(realm, userId).filter(passkey -> passkey.getId().equals(id)).findFirst();
  }

  private Optional<Passkeys> keeper(RealmModel realm, String userId) {
    return component(realm, userId)
        .map(component -> new Passkeys(session, realm, component, StorageId.externalId(userId)));
  }

  /** Kept by Keycloak's own storage, past our overrides. */
  private SeenCounters seenCounters(RealmModel realm, String userId) {
    return new SeenCounters(
        () -> super.getStoredCredentialsByTypeStream(realm, userId, SeenCounters.TYPE),
        created -> super.createCredential(realm, userId, created),
        updated -> super.updateCredential(realm, userId, updated),
        id -> super.removeStoredCredential(realm, userId, id));
  }

  // Links

  @Override
  public @Nullable String getUserByFederatedIdentity(
      FederatedIdentityModel link, RealmModel realm) {
    String own = super.getUserByFederatedIdentity(link, realm);
    if (own != null) {
      return own;
    }
    return Database.now(
            session,
            () ->
                AuthComponents.enabledIn(session, realm)
                    .map(component -> new SocialLinks(session, realm, component))
                    .flatMap(links -> links.owner(link).stream())
                    .findFirst())
        .orElse(null);
  }

  @Override
  public Stream<FederatedIdentityModel> getFederatedIdentitiesStream(
      String userId, RealmModel realm) {
    Stream<FederatedIdentityModel> own = super.getFederatedIdentitiesStream(userId, realm);
    Optional<SocialLinks> links = links(realm, userId);
    if (links.isEmpty()) {
      return own;
    }
    var found = links.get().of(userId);
    Set<String> aliases =
        found.stream().map(FederatedIdentityModel::getIdentityProvider).collect(Collectors.toSet());
    return Stream.concat(
        found.stream(), own.filter(link -> !aliases.contains(link.getIdentityProvider())));
  }

  @Override
  public @Nullable FederatedIdentityModel getFederatedIdentity(
      String userId, String alias, RealmModel realm) {
    return getFederatedIdentitiesStream(userId, realm)
        .filter(link -> link.getIdentityProvider().equals(alias))
        .findFirst()
        .orElse(null);
  }

  @Override
  public void addFederatedIdentity(RealmModel realm, String userId, FederatedIdentityModel link) {
    if (links(realm, userId).filter(links -> links.add(userId, link)).isEmpty()) {
      super.addFederatedIdentity(realm, userId, link);
    }
  }

  /** A link of the table has neither a user name nor a token to update. */
  @Override
  public void updateFederatedIdentity(
      RealmModel realm, String userId, FederatedIdentityModel link) {
    if (super.getFederatedIdentity(userId, link.getIdentityProvider(), realm) != null) {
      super.updateFederatedIdentity(realm, userId, link);
    }
  }

  @Override
  public boolean removeFederatedIdentity(RealmModel realm, String userId, String alias) {
    boolean removed = links(realm, userId).filter(links -> links.remove(userId, alias)).isPresent();
    return super.removeFederatedIdentity(realm, userId, alias) || removed;
  }

  // Consents

  @Override
  public @Nullable UserConsentModel getConsentByClient(
      RealmModel realm, String userId, String clientInternalId) {
    return merged(
        super.getConsentByClient(realm, userId, clientInternalId),
        stored(realm, userId).get(clientInternalId));
  }

  @Override
  public Stream<UserConsentModel> getConsentsStream(RealmModel realm, String userId) {
    Map<String, UserConsentModel> all = new LinkedHashMap<>(stored(realm, userId));
    super.getConsentsStream(realm, userId)
        .forEach(
            own -> all.merge(own.getClient().getId(), own, (table, ours) -> merged(ours, table)));
    return all.values().stream();
  }

  @Override
  public void addConsent(RealmModel realm, String userId, UserConsentModel consent) {
    if (!putConsent(realm, userId, consent)) {
      super.addConsent(realm, userId, consent);
    }
  }

  /** What Keycloak read may be of the tables alone, and then it has none of its own to update. */
  @Override
  public void updateConsent(RealmModel realm, String userId, UserConsentModel consent) {
    if (putConsent(realm, userId, consent)) {
      return;
    }
    if (super.getConsentByClient(realm, userId, consent.getClient().getId()) == null) {
      super.addConsent(realm, userId, consent);
    } else {
      super.updateConsent(realm, userId, consent);
    }
  }

  @Override
  public boolean revokeConsentForClient(RealmModel realm, String userId, String clientInternalId) {
    ClientModel client = clientInternalId.isEmpty() ? null : realm.getClientById(clientInternalId);
    boolean removed =
        client != null
            && consents(realm, userId).filter(found -> found.remove(userId, client)).isPresent();
    return super.revokeConsentForClient(realm, userId, clientInternalId) || removed;
  }

  /** In the tables alone, so that it ends where it is removed there. */
  private boolean putConsent(RealmModel realm, String userId, UserConsentModel consent) {
    boolean put = consents(realm, userId).filter(found -> found.put(userId, consent)).isPresent();
    if (put) {
      super.revokeConsentForClient(realm, userId, consent.getClient().getId());
    }
    return put;
  }

  private Map<String, UserConsentModel> stored(RealmModel realm, String userId) {
    return consents(realm, userId).map(found -> found.of(userId)).orElse(Map.of());
  }

  private Optional<Consents> consents(RealmModel realm, String userId) {
    return component(realm, userId).map(component -> new Consents(session, realm, component));
  }

  private static @Nullable UserConsentModel merged(
      @Nullable UserConsentModel own, @Nullable UserConsentModel table) {
    if (own == null || table == null) {
      return own == null ? table : own;
    }
    table.getGrantedClientScopes().stream()
        .filter(scope -> !own.getGrantedClientScopes().contains(scope))
        .forEach(own::addGrantedClientScope);
    return own;
  }

  // Users

  /**
   * Keycloak lets go of all it keeps of a user before it asks the storage to remove them, and some
   * of its pages go on when the storage refuses. So this is refused before anything is gone.
   */
  @Override
  public void preRemove(RealmModel realm, UserModel user) {
    if (component(realm, user.getId()).filter(component -> !component.writable()).isPresent()) {
      throw ErrorResponse.error(
          "The user is kept by the auth schema, which is read-only here", Status.BAD_REQUEST);
    }
    super.preRemove(realm, user);
  }

  private Optional<SocialLinks> links(RealmModel realm, String userId) {
    return component(realm, userId).map(component -> new SocialLinks(session, realm, component));
  }

  private Optional<AuthComponent> component(RealmModel realm, String userId) {
    return Database.now(session, () -> AuthComponents.enabledOf(session, realm, userId));
  }

  // Members

  /** Our users are listed by their component, which knows whose row is gone. */
  @Override
  public Stream<String> getMembershipStream(
      RealmModel realm, GroupModel group, @Nullable Integer first, @Nullable Integer max) {
    return StreamsUtil.paginatedStream(
        super.getMembershipStream(realm, group, null, null).filter(notOurs(realm)), first, max);
  }

  @Override
  public Stream<String> getRoleMembersStream(
      RealmModel realm, RoleModel role, @Nullable Integer first, @Nullable Integer max) {
    return StreamsUtil.paginatedStream(
        super.getRoleMembersStream(realm, role, null, null).filter(notOurs(realm)), first, max);
  }

  private Predicate<String> notOurs(RealmModel realm) {
    Map<String, Boolean> known = new HashMap<>();
    return userId ->
        !known.computeIfAbsent(
            String.valueOf(StorageId.providerId(userId)),
            component -> AuthComponents.isOne(session, realm, component));
  }
}
