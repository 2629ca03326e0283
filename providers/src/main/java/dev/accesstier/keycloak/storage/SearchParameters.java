// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.tier.AccessTier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.UserStorageUtil;
import org.keycloak.storage.adapter.AbstractUserAdapterFederatedStorage;
import org.keycloak.storage.federated.UserFederatedStorageProvider;

/**
 * Reads the parameters of Keycloak's user search. What Keycloak keeps about our users in its own
 * tables is looked up there and joins the search as ids.
 */
final class SearchParameters {

  private final KeycloakSession session;
  private final RealmModel realm;
  private final String componentId;

  SearchParameters(KeycloakSession session, RealmModel realm, String componentId) {
    this.session = session;
    this.realm = realm;
    this.componentId = componentId;
  }

  UserSearch search(Map<String, String> parameters) {
    UserSearch search = new UserSearch();
    boolean exact = Boolean.parseBoolean(parameters.get(UserModel.EXACT));
    // For attributes Keycloak's own storage takes exact as the default, for fields it does not.
    boolean exactAttribute = Boolean.parseBoolean(parameters.getOrDefault(UserModel.EXACT, "true"));
    parameters.forEach(
        (key, value) -> {
          if (value == null) {
            return;
          }
          switch (key) {
            case UserModel.SEARCH -> search.text(value);
            case UserModel.USERNAME, UserModel.EMAIL -> search.email(value, exact);
            case UserModel.FIRST_NAME -> search.firstName(value, exact);
            case UserModel.LAST_NAME -> search.lastName(value, exact);
            case UserModel.EMAIL_VERIFIED -> search.emailVerified(Boolean.parseBoolean(value));
            case UserModel.ENABLED -> search.enabled(Boolean.parseBoolean(value), locked());
            case UserModel.CREATED_AFTER -> search.createdFrom(Long.parseLong(value));
            case UserModel.CREATED_BEFORE -> search.createdUntil(Long.parseLong(value));
            case UserModel.IDP_ALIAS -> search.ids(linked(parameters));
            case UserModel.IDP_USER_ID -> {
              if (!parameters.containsKey(UserModel.IDP_ALIAS)) {
                search.nobody();
              }
            }
            case UserModel.EXACT, UserModel.INCLUDE_SERVICE_ACCOUNT -> {}
            case AccessTier.ATTRIBUTE -> search.tier(value, exactAttribute);
            case AuthSchemaUser.PICTURE -> search.picture(value, exactAttribute);
            default -> search.ids(attributed(key, value));
          }
        });
    return search;
  }

  /** Ids of our users among the members of the groups. */
  Set<String> members(Set<String> groupIds) {
    return ours(
        groupIds.stream()
            .map(realm::getGroupById)
            .filter(group -> group != null)
            .flatMap(group -> federated().getMembershipStream(realm, group, null, null)));
  }

  private Set<String> locked() {
    return withAttribute(AbstractUserAdapterFederatedStorage.ENABLED_ATTRIBUTE, "false");
  }

  private Set<String> attributed(String name, String value) {
    return KeycloakNotes.NAMES.contains(name) ? Set.of() : withAttribute(name, value);
  }

  private Set<String> withAttribute(String name, String value) {
    return ours(federated().getUsersByUserAttributeStream(realm, name, value));
  }

  private Set<String> linked(Map<String, String> parameters) {
    String externalId = parameters.get(UserModel.IDP_USER_ID);
    if (externalId == null) {
      return Set.of();
    }
    String id =
        federated()
            .getUserByFederatedIdentity(
                new FederatedIdentityModel(parameters.get(UserModel.IDP_ALIAS), externalId, null),
                realm);
    return ours(Stream.ofNullable(id));
  }

  private Set<String> ours(Stream<String> ids) {
    List<StorageId> storageIds = ids.map(StorageId::new).toList();
    return storageIds.stream()
        .filter(id -> componentId.equals(id.getProviderId()))
        .map(StorageId::getExternalId)
        .collect(Collectors.toUnmodifiableSet());
  }

  private UserFederatedStorageProvider federated() {
    return UserStorageUtil.userFederatedStorage(session);
  }
}
