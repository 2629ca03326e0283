// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import java.util.Set;
import org.keycloak.models.GroupModel;
import org.keycloak.models.RealmModel;

/** The realm's default groups, of which everybody in the schema is a member. */
final class DefaultGroups {

  private DefaultGroups() {}

  static boolean contain(RealmModel realm, GroupModel group) {
    return containOne(realm, Set.of(group.getId()));
  }

  static boolean containOne(RealmModel realm, Set<String> groupIds) {
    return realm.getDefaultGroupsStream().map(GroupModel::getId).anyMatch(groupIds::contains);
  }
}
