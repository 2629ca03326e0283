// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.people.FederatedRows;
import dev.accesstier.keycloak.schema.UserSearch;
import dev.accesstier.keycloak.tier.AccessTier;
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

/**
 * Reads the parameters of Keycloak's user search. What Keycloak keeps about our users in its own
 * tables is looked up there and joins the search as ids.
 */
final class SearchParameters {

  private final KeycloakSession session;
  private final RealmModel realm;
  private final String componentId;
  private final FederatedRows rows;

  SearchParameters(KeycloakSession session, RealmModel realm, String componentId) {
    this.session = session;
    this.realm = realm;
    this.componentId = componentId;
    this.rows = new FederatedRows(session, realm, componentId);
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
            case UserModel.ENABLED -> search.enabled(Boolean.parseBoolean(value), rows.locked());
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
            default -> search.ids(attributed(key, value, exactAttribute));
          }
        });
    return search;
  }

  private Set<String> attributed(String name, String value, boolean exact) {
    return KeycloakNotes.NAMES.contains(name) ? Set.of() : rows.withAttribute(name, value, exact);
  }

  private Set<String> linked(Map<String, String> parameters) {
    String externalId = parameters.get(UserModel.IDP_USER_ID);
    if (externalId == null) {
      return Set.of();
    }
    String id =
        UserStorageUtil.userFederatedStorage(session)
            .getUserByFederatedIdentity(
                new FederatedIdentityModel(parameters.get(UserModel.IDP_ALIAS), externalId, null),
                realm);
    return Stream.ofNullable(id)
        .map(StorageId::new)
        .filter(storageId -> componentId.equals(storageId.getProviderId()))
        .map(StorageId::getExternalId)
        .collect(Collectors.toUnmodifiableSet());
  }
}
