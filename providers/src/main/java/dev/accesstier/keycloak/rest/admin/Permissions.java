// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.people.PermittedUsers;
import jakarta.ws.rs.ForbiddenException;
import java.util.function.BooleanSupplier;
import org.keycloak.authorization.fgap.AdminPermissionsSchema;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import org.keycloak.services.resources.admin.fgap.AdminPermissions;

/**
 * What an admin may do. Keycloak's evaluator says it, and the resources ask nobody else.
 *
 * <p>In a realm with fine-grained permissions a permission on all users or clients may have
 * exceptions. It opens the list, which then has those in it that the admin may see, and never
 * stands for the permission on one of them.
 */
public final class Permissions {

  private final KeycloakSession session;
  private final RealmModel realm;
  private final AdminPermissionEvaluator admin;
  private final boolean fineGrained;

  Permissions(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator admin) {
    this.session = session;
    this.realm = realm;
    this.admin = admin;
    this.fineGrained = AdminPermissionsSchema.SCHEMA.isAdminPermissionsEnabled(realm);
  }

  /** Who it is. */
  AdminAuth admin() {
    return admin.adminAuth();
  }

  // Users

  /** Whether the admin may learn that there is no such user. */
  public boolean mayAskForUsers() {
    return admin.users().canQuery();
  }

  void requireAskForUsers() {
    require(this::mayAskForUsers);
  }

  /** Whether there is a list for the admin, of the {@link #visibleUsers()}. */
  public boolean mayListUsers() {
    return fineGrained ? mayAskForUsers() : admin.users().canView();
  }

  void requireListUsers() {
    require(this::mayListUsers);
  }

  public PermittedUsers visibleUsers() {
    return PermittedUsers.visibleTo(admin, session, realm);
  }

  /** Whether the admin may see each user, those who are gone included. */
  public boolean mayViewEveryone() {
    return PermittedUsers.seesEveryone(admin, realm);
  }

  void requireViewEveryone() {
    require(this::mayViewEveryone);
  }

  public boolean mayView(UserModel user) {
    return admin.users().canView(user);
  }

  void requireView(UserModel user) {
    require(() -> mayView(user));
  }

  /** Whether the name of somebody who changed a tier, of whatever realm, is told. */
  public boolean mayName(RealmModel from, UserModel user) {
    return mayViewEveryone() || (from.equals(realm) && mayView(user));
  }

  public boolean mayManage(UserModel user) {
    return admin.users().canManage(user);
  }

  void requireManage(UserModel user) {
    require(() -> mayManage(user));
  }

  public boolean mayManageEveryone() {
    return PermittedUsers.managesEveryone(admin, realm);
  }

  /** Those that the admin may manage without naming them: at least one. */
  PermittedUsers requireManageableUsers() {
    require(() -> fineGrained ? mayAskForUsers() : mayManageEveryone());
    PermittedUsers manageable = manageableUsers();
    require(() -> !manageable.isNobody());
    return manageable;
  }

  /** Without asking for each, where only roles decide. */
  PermittedUsers manageableUsers() {
    return byRoleAlone() && !mayManageEveryone()
        ? PermittedUsers.NOBODY
        : PermittedUsers.manageableBy(admin, session, realm);
  }

  /** Version 2 of fine-grained permissions has a switch, version 1 a resource server. */
  private boolean byRoleAlone() {
    return !fineGrained
        && AdminPermissions.management(session, realm).realmResourceServer() == null;
  }

  /** Before a long body is looked at: whoever has no permission at all is told so first. */
  void requireManageSomebody() {
    require(() -> mayAskForUsers() && (!byRoleAlone() || admin.users().canManage()));
  }

  /** The realm's settings and how they fare, about no user in particular. */
  void requireViewSettings() {
    require(() -> admin.realm().canViewRealm() || mayViewEvents());
  }

  public boolean mayViewEvents() {
    return admin.realm().canViewEvents();
  }

  // Clients

  public boolean mayAskForClients() {
    return admin.clients().canList();
  }

  void requireListClients() {
    require(() -> fineGrained ? mayAskForClients() : mayViewEveryClient());
  }

  public boolean mayView(ClientModel client) {
    return admin.clients().canView(client);
  }

  public boolean mayViewEveryClient() {
    return fineGrained
        ? admin.hasOneAdminRole(AdminRoles.VIEW_CLIENTS, AdminRoles.MANAGE_CLIENTS)
        : admin.clients().canView();
  }

  void requireView(ClientModel client) {
    require(() -> mayView(client));
  }

  /** To make clients, and to change any. */
  void requireManageClients() {
    require(() -> admin.clients().canManage());
  }

  void requireManage(ClientModel client) {
    require(() -> mayManage(client));
  }

  public boolean mayManage(ClientModel client) {
    return admin.clients().canManage(client);
  }

  private static void require(BooleanSupplier allowed) {
    if (!allowed.getAsBoolean()) {
      throw new ForbiddenException();
    }
  }
}
