// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.authorization.AuthorizationProvider;
import org.keycloak.authorization.fgap.AdminPermissionsSchema;
import org.keycloak.authorization.model.ResourceServer;
import org.keycloak.authorization.store.StoreFactory;
import org.keycloak.models.ClientModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * The users and groups that a realm's fine-grained permissions speak of. Keycloak's evaluator tells
 * users apart by nothing else.
 *
 * @param users Keycloak's ids
 * @param groups ids; {@code Groups} for the permissions that are about all of them
 */
record NamedInPermissions(Set<String> users, Set<String> groups) {

  static NamedInPermissions of(KeycloakSession session, RealmModel realm) {
    ClientModel client = realm.getAdminPermissionsClient();
    StoreFactory stores = session.getProvider(AuthorizationProvider.class).getStoreFactory();
    ResourceServer server =
        client == null ? null : stores.getResourceServerStore().findByClient(client);
    return server == null
        ? new NamedInPermissions(Set.of(), Set.of())
        : new NamedInPermissions(
            named(stores, server, AdminPermissionsSchema.USERS_RESOURCE_TYPE),
            named(stores, server, AdminPermissionsSchema.GROUPS_RESOURCE_TYPE));
  }

  private static Set<String> named(StoreFactory stores, ResourceServer server, String type) {
    return stores.getPolicyStore().findByResourceType(server, type).stream()
        .flatMap(permission -> permission.getResourceNames().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What there is to say of somebody in these groups; a permission covers those below as well. */
  Set<String> kind(RealmModel realm, Set<String> groupIds) {
    Set<String> kind = new HashSet<>();
    for (String id : groups.isEmpty() ? Set.<String>of() : groupIds) {
      GroupModel group = realm.getGroupById(id);
      if (group != null && groups.contains(AdminPermissionsSchema.GROUPS_RESOURCE_TYPE)) {
        kind.add(AdminPermissionsSchema.GROUPS_RESOURCE_TYPE);
      }
      for (; group != null; group = group.getParent()) {
        if (groups.contains(group.getId())) {
          kind.add(group.getId());
        }
      }
    }
    return kind;
  }
}
