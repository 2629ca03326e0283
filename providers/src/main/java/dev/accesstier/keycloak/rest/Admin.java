// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.tier.ChangeAuthor;
import dev.accesstier.keycloak.tier.ChangeSource;
import dev.accesstier.keycloak.tier.TierChanges;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/**
 * An admin's request.
 *
 * @param realm what it is about; the admin may belong to another
 * @param may what the admin may do in it
 */
record Admin(KeycloakSession session, RealmModel realm, Permissions may) {

  Admin(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator may) {
    this(session, realm, new Permissions(session, realm, may));
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
