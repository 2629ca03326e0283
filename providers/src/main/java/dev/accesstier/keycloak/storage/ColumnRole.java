// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;

/**
 * The labels of {@code users.role} that stand for the realm role of the same name. The realm of the
 * server's own admins has a role {@code admin} too, which no table may hand out.
 */
enum ColumnRole {
  USER("user"),
  ADMIN("admin"),
  SERVICE("service");

  private final String label;

  ColumnRole(String label) {
    this.label = label;
  }

  /**
   * The role that label stands for; null for other labels, and where the realm has no such role.
   */
  static @Nullable RoleModel of(RealmModel realm, @Nullable String label) {
    return label != null && counts(realm, label) ? realm.getRole(label) : null;
  }

  /** Whether people may have that role by the column. */
  static boolean isOne(RealmModel realm, RoleModel role) {
    return !role.isClientRole() && counts(realm, role.getName());
  }

  static boolean isAdminRealm(RealmModel realm) {
    return realm.getName().equals(Config.getAdminRealm());
  }

  private static boolean counts(RealmModel realm, String label) {
    return !isAdminRealm(realm)
        && Arrays.stream(values()).anyMatch(role -> role.label.equals(label));
  }
}
