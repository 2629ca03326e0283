// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.schema.AuthConsents;
import jakarta.ws.rs.core.Response.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.services.ErrorResponse;
import org.keycloak.storage.StorageId;

/** The rows of {@code oauth_consents} as consents for the realm's clients of the same client id. */
final class Consents {

  private final KeycloakSession session;
  private final RealmModel realm;
  private final AuthComponent component;
  private final AuthConsents table;

  Consents(KeycloakSession session, RealmModel realm, AuthComponent component) {
    this.session = session;
    this.realm = realm;
    this.component = component;
    this.table = new AuthConsents(component.database());
  }

  /** Those of a user, by the client's id inside Keycloak. */
  Map<String, UserConsentModel> of(String keycloakId) {
    UserCaches.forgetConsents(session, realm, keycloakId);
    Map<String, UserConsentModel> byClient = new LinkedHashMap<>();
    for (AuthConsents.Row row : rows(keycloakId)) {
      ClientModel client = realm.getClientByClientId(row.clientId());
      if (client != null) {
        add(byClient.computeIfAbsent(client.getId(), id -> new UserConsentModel(client)), row);
      }
    }
    return byClient;
  }

  private List<AuthConsents.Row> rows(String keycloakId) {
    return now(() -> table.of(StorageId.externalId(keycloakId)));
  }

  private static void add(UserConsentModel consent, AuthConsents.Row row) {
    long created = row.created().toEpochMilli();
    long updated = row.updated().toEpochMilli();
    Long createdBefore = consent.getCreatedDate();
    Long updatedBefore = consent.getLastUpdatedDate();
    consent.setCreatedDate(createdBefore == null ? created : Math.min(created, createdBefore));
    consent.setLastUpdatedDate(updatedBefore == null ? updated : Math.max(updated, updatedBefore));
    scopes(consent.getClient()).entrySet().stream()
        .filter(scope -> row.scopes().contains(scope.getKey()))
        .map(Map.Entry::getValue)
        .filter(scope -> !consent.getGrantedClientScopes().contains(scope))
        .forEach(consent::addGrantedClientScope);
  }

  /**
   * Writes a consent; it is the whole of what the user allows the client.
   *
   * @return false where it is Keycloak's own, because the tables are read-only or cannot take it
   */
  boolean put(String keycloakId, UserConsentModel consent) {
    return component.writable()
        && now(
            () ->
                table.put(
                    StorageId.externalId(keycloakId),
                    consent.getClient().getClientId(),
                    consent.getGrantedClientScopes().stream()
                        .map(ClientScopeModel::getName)
                        .collect(Collectors.toList()),
                    scopes(consent.getClient())::containsKey));
  }

  /** Removes a user's consents for a client; whether there were any. */
  boolean remove(String keycloakId, ClientModel client) {
    if (rows(keycloakId).stream().noneMatch(row -> row.clientId().equals(client.getClientId()))) {
      return false;
    }
    if (!component.writable()) {
      throw ErrorResponse.error(
          "The consent is kept by the auth schema, which is read-only here", Status.BAD_REQUEST);
    }
    return now(
        () -> {
          table.remove(StorageId.externalId(keycloakId), client.getClientId());
          return true;
        });
  }

  /** All that the client may be granted, by name. */
  private static Map<String, ClientScopeModel> scopes(ClientModel client) {
    Map<String, ClientScopeModel> scopes = new LinkedHashMap<>(client.getClientScopes(true));
    scopes.putAll(client.getClientScopes(false));
    return scopes;
  }

  private <T> T now(Supplier<T> work) {
    return TemporarilyUnavailableException.unless(session, work);
  }
}
