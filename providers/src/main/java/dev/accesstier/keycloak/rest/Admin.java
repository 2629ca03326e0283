// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.tier.ChangeAuthor;
import dev.accesstier.keycloak.tier.ChangeSource;
import dev.accesstier.keycloak.tier.TierChanges;
import jakarta.ws.rs.ForbiddenException;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import org.keycloak.services.resources.admin.fgap.AdminPermissions;

/**
 * An admin's request.
 *
 * @param realm what it is about; the admin may belong to another
 * @param may what the admin may do in it
 */
record Admin(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator may) {

  ChangeAuthor author() {
    return new ChangeAuthor(
        may.adminAuth().getRealm().getId(),
        may.adminAuth().getUser().getId(),
        may.adminAuth().getClient().getClientId(),
        ChangeAuthor.ip(session));
  }

  TierChanges changes(ChangeSource source) {
    return new TierChanges(session, author(), source);
  }

  /** Before a long body is looked at: whoever has no permission at all is told so first. */
  void requireManageSomebody() {
    // Version 2 of fine-grained permissions has a switch, version 1 a resource server.
    boolean byRoleAlone =
        !realm.isAdminPermissionsEnabled()
            && AdminPermissions.management(session, realm).realmResourceServer() == null;
    if (byRoleAlone && !may.users().canManage()) {
      throw new ForbiddenException();
    }
    may.users().requireQuery();
  }

  /** Now rather than after the answer, so that the answer can say how it went. */
  void commit() {
    session.getTransactionManager().commit();
  }
}
