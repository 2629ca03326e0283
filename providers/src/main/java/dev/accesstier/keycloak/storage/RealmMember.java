// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import jakarta.ws.rs.core.Response.Status;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.services.ErrorResponse;
import org.keycloak.storage.adapter.AbstractUserAdapterFederatedStorage;

/**
 * What a user of the schema has as one of the realm: groups and roles, of which Keycloak keeps
 * those that were given to this user alone.
 *
 * <p>What cannot be changed is refused where somebody asks for it, and left as it is at a login:
 * with sync mode FORCE an identity provider says at each login how it knows the person, and to
 * refuse that would be to refuse the login.
 */
abstract class RealmMember extends AbstractUserAdapterFederatedStorage {

  private static final Logger LOG = Logger.getLogger(RealmMember.class);

  RealmMember(KeycloakSession session, RealmModel realm, ComponentModel component) {
    super(session, realm, component);
  }

  /** What {@code users.role} says. */
  abstract @Nullable String columnRole();

  /** The default role as a whole, as Keycloak shows it of users of its own. */
  @Override
  protected boolean appendDefaultRolesToRoleMappings() {
    return false;
  }

  /** The realm's default role, and the one that {@code users.role} stands for. */
  @Override
  protected Set<RoleModel> getRoleMappingsInternal() {
    return Stream.concat(Stream.of(realm.getDefaultRole()), ofColumn())
        .collect(Collectors.toUnmodifiableSet());
  }

  private Stream<RoleModel> ofColumn() {
    return Stream.ofNullable(ColumnRole.of(realm, columnRole()));
  }

  /** Each once, also one that was granted before the column or the realm gave it. */
  @Override
  public Stream<RoleModel> getRoleMappingsStream() {
    return super.getRoleMappingsStream().distinct();
  }

  @Override
  public void deleteRoleMapping(RoleModel role) {
    if (ofColumn().anyMatch(role::equals)) {
      refuse(badRequest("Role %s comes from users.role and cannot be removed here", role));
    } else if (role.equals(realm.getDefaultRole())) {
      refuse(badRequest("Role %s is the realm's default for everybody in the auth schema", role));
    } else {
      super.deleteRoleMapping(role);
    }
  }

  /** As an answer: of the exceptions of a storage Keycloak's console makes an unknown error. */
  private static RuntimeException badRequest(String sentence, RoleModel role) {
    return ErrorResponse.error(sentence.formatted(role.getName()), Status.BAD_REQUEST);
  }

  /** Each once, also one that was joined before it became a default group. */
  @Override
  public Stream<GroupModel> getGroupsStream() {
    return super.getGroupsStream().distinct();
  }

  /** Keycloak's cached user looks before; this one is asked where the user is not cached. */
  @Override
  public void joinGroup(GroupModel group) {
    if (getGroupsStream().noneMatch(group::equals)) {
      super.joinGroup(group);
    }
  }

  @Override
  public void leaveGroup(GroupModel group) {
    if (DefaultGroups.contain(realm, group)) {
      refuse(
          new ModelException(
              "Everybody in the auth schema is a member of the default groups of the realm"));
    } else {
      super.leaveGroup(group);
    }
  }

  /** Ends the request, unless it is a login. */
  final void refuse(RuntimeException refusal) {
    if (!isLogin()) {
      throw refusal;
    }
    LOG.debugf("User %s stays as they are at this login: %s", getId(), refusal.getMessage());
  }

  private boolean isLogin() {
    return session.getContext().getAuthenticationSession() != null;
  }
}
