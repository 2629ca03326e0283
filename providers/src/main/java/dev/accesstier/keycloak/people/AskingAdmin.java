// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import java.util.Optional;
import org.keycloak.authorization.fgap.AdminPermissionsSchema;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.managers.RealmManager;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import org.keycloak.services.resources.admin.fgap.AdminPermissions;

/**
 * In a realm with fine-grained permissions Keycloak's admin API shows whatever its storages list.
 * They have to know who asks.
 */
public final class AskingAdmin {

  /** Who has none of these is no admin who lists users, as to Keycloak's own storage. */
  private static final String[] QUERY = {
    AdminRoles.QUERY_USERS, AdminRoles.QUERY_GROUPS, AdminRoles.QUERY_CLIENTS, "query-organizations"
  };

  private AskingAdmin() {}

  /** Empty where everyone may be listed: there is no admin, or no such permission in the realm. */
  public static Optional<AdminPermissionEvaluator> of(KeycloakSession session, RealmModel realm) {
    KeycloakContext context = session.getContext();
    if (!realm.equals(context.getRealm()) || AdminPermissionsSchema.isSkipEvaluation(session)) {
      return Optional.empty();
    }
    UserSessionModel signedIn = context.getUserSession();
    if (signedIn == null
        || !(context.getBearerToken() instanceof AccessToken token)
        || !isAdminOf(realm, signedIn.getRealm())) {
      return Optional.empty();
    }
    return Optional.of(
            AdminPermissions.evaluator(
                session,
                realm,
                new AdminAuth(signedIn.getRealm(), token, signedIn.getUser(), context.getClient())))
        .filter(admin -> admin.hasOneAdminRole(QUERY) || admin.users().canView());
  }

  private static boolean isAdminOf(RealmModel realm, RealmModel from) {
    return realm.equals(from) || RealmManager.isAdministrationRealm(from);
  }
}
