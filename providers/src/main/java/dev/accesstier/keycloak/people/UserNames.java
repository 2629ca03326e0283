// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.SessionUsers;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;

/**
 * What many users are called, in one statement for Keycloak's own storage and one for each
 * component of ours. Users of other storages are looked up one by one.
 */
public final class UserNames {

  private static final String LOCAL =
      "select u.id, u.username from UserEntity u where u.realmId = :realm and u.id in (:ids)";

  private final KeycloakSession session;
  private final RealmModel realm;

  public UserNames(KeycloakSession session, RealmModel realm) {
    this.session = session;
    this.realm = realm;
  }

  /**
   * Usernames by Keycloak's id; whoever is gone is not in it.
   *
   * @throws dev.accesstier.keycloak.outage.TemporarilyUnavailableException when a component's
   *     database cannot be read
   */
  public Map<String, String> of(Collection<String> ids) {
    Map<String, List<StorageId>> byStorage =
        ids.stream()
            .distinct()
            .map(StorageId::new)
            .collect(Collectors.groupingBy(id -> id.isLocal() ? "" : id.getProviderId()));
    Map<String, SessionUsers> components = AuthComponents.users(session, realm);
    Map<String, String> names = new HashMap<>();
    byStorage.forEach(
        (storage, members) -> {
          SessionUsers component = components.get(storage);
          if (component != null) {
            addFrom(component, storage, members, names);
          } else if (storage.isEmpty()) {
            addLocal(members, names);
          } else {
            members.forEach(id -> addAlone(id.getId(), names));
          }
        });
    return names;
  }

  private static void addFrom(
      SessionUsers component, String id, List<StorageId> members, Map<String, String> names) {
    for (AuthUser user : component.byIds(members.stream().map(StorageId::getExternalId).toList())) {
      names.put(new StorageId(id, user.id()).getId(), user.email());
    }
  }

  private void addLocal(List<StorageId> members, Map<String, String> names) {
    session
        .getProvider(JpaConnectionProvider.class)
        .getEntityManager()
        .createQuery(LOCAL, Object[].class)
        .setParameter("realm", realm.getId())
        .setParameter("ids", members.stream().map(StorageId::getExternalId).toList())
        .getResultList()
        .forEach(row -> names.put((String) row[0], (String) row[1]));
  }

  private void addAlone(String id, Map<String, String> names) {
    UserModel user = session.users().getUserById(realm, id);
    if (user != null) {
      names.put(id, user.getUsername());
    }
  }
}
