// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.ChangeAuthor;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.TierChanges;
import dev.accesstier.keycloak.rest.BearerCaller;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import org.keycloak.services.resources.admin.fgap.AdminPermissions;

/**
 * An admin's request.
 *
 * @param realm what it is about; the admin may belong to another
 * @param may what the admin may do in it
 */
public record AdminRequest(KeycloakSession session, RealmModel realm, Permissions may) {

  AdminRequest(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator may) {
    this(session, realm, new Permissions(session, realm, may));
  }

  /** The request of a caller who came with a token of the realm itself. */
  public static AdminRequest of(BearerCaller caller) {
    return new AdminRequest(
        caller.session(),
        caller.realm(),
        AdminPermissions.evaluator(
            caller.session(),
            caller.realm(),
            new AdminAuth(caller.realm(), caller.token(), caller.user(), caller.client())));
  }

  ChangeAuthor author() {
    AdminAuth auth = may.admin();
    return new ChangeAuthor(
        auth.getRealm().getId(),
        auth.getUser().getId(),
        auth.getClient().getClientId(),
        ChangeAuthor.ip(session));
  }

  TierChanges changes(ChangeSource source) {
    return new TierChanges(session, author(), source);
  }

  /** Now rather than after the answer, so that the answer can say how it went. */
  void commit() {
    session.getTransactionManager().commit();
  }
}
