// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.schema.Shown;
import dev.accesstier.keycloak.schema.UserSearch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.authorization.fgap.AdminPermissionsSchema;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import org.keycloak.storage.StorageId;

/**
 * Which users of a realm an admin may see, or manage, for lists, counts and pages of any length.
 *
 * <p>Keycloak's own evaluator decides, and is not asked for each user: those whom no permission
 * names, and who are in the same of the groups that permissions name, are of one kind to it. It is
 * asked for one of each kind.
 */
public final class PermittedUsers {

  private static final String LOCAL = "";

  /** By component; null: all of them, of every storage. */
  private final @Nullable Map<String, Shown> shown;

  public static final PermittedUsers NOBODY = new PermittedUsers(Map.of());

  private PermittedUsers(@Nullable Map<String, Shown> shown) {
    this.shown = shown;
  }

  /** As it is now; what happens to groups and permissions later is not seen. */
  public static PermittedUsers visibleTo(
      AdminPermissionEvaluator admin, KeycloakSession session, RealmModel realm) {
    return seesEveryone(admin, realm)
        ? new PermittedUsers(null)
        : of(new Kinds(session, realm, admin.users()::canView));
  }

  /** Likewise, those that the admin may see and manage. */
  public static PermittedUsers manageableBy(
      AdminPermissionEvaluator admin, KeycloakSession session, RealmModel realm) {
    return managesEveryone(admin, realm)
        ? new PermittedUsers(null)
        : of(
            new Kinds(
                session,
                realm,
                user -> admin.users().canView(user) && admin.users().canManage(user)));
  }

  private static PermittedUsers of(Kinds kinds) {
    Map<String, Shown> shown = new HashMap<>();
    AuthComponents.users(kinds.session(), kinds.realm())
        .forEach((id, users) -> shown.put(id, kinds.ofComponent(id, users)));
    shown.put(LOCAL, kinds.ofLocalStorage());
    return new PermittedUsers(shown);
  }

  /** Those of one component that the admin may see. */
  public static Shown visibleTo(
      AdminPermissionEvaluator admin,
      KeycloakSession session,
      RealmModel realm,
      String componentId,
      SessionUsers users) {
    return seesEveryone(admin, realm)
        ? Shown.EVERYONE
        : new Kinds(session, realm, admin.users()::canView).ofComponent(componentId, users);
  }

  /** A permission on all users may have exceptions, a role has none. */
  public static boolean seesEveryone(AdminPermissionEvaluator admin, RealmModel realm) {
    return AdminPermissionsSchema.SCHEMA.isAdminPermissionsEnabled(realm)
        ? admin.hasOneAdminRole(AdminRoles.VIEW_USERS, AdminRoles.MANAGE_USERS)
        : admin.users().canView();
  }

  /** Likewise. */
  public static boolean managesEveryone(AdminPermissionEvaluator admin, RealmModel realm) {
    return AdminPermissionsSchema.SCHEMA.isAdminPermissionsEnabled(realm)
        ? admin.hasOneAdminRole(AdminRoles.MANAGE_USERS)
        : admin.users().canManage();
  }

  public boolean isNobody() {
    return shown != null && shown.values().stream().allMatch(Shown.NOBODY::equals);
  }

  public boolean isEveryone() {
    return shown == null;
  }

  /**
   * @param id Keycloak's, of a user who is there
   */
  public boolean contains(String id) {
    StorageId storageId = new StorageId(id);
    return in(storageId.isLocal() ? LOCAL : storageId.getProviderId())
        .contains(storageId.getExternalId());
  }

  Shown ofComponent(String id) {
    return in(id);
  }

  Shown ofLocalStorage() {
    return in(LOCAL);
  }

  private Shown in(String storage) {
    return shown == null ? Shown.EVERYONE : shown.getOrDefault(storage, Shown.NOBODY);
  }

  /** Sorts users into kinds. */
  private record Kinds(
      KeycloakSession session,
      RealmModel realm,
      Predicate<UserModel> permitted,
      NamedInPermissions named) {

    Kinds(KeycloakSession session, RealmModel realm, Predicate<UserModel> permitted) {
      this(session, realm, permitted, NamedInPermissions.of(session, realm));
    }

    Shown ofComponent(String componentId, SessionUsers users) {
      Map<String, Set<String>> groups =
          named.groups().isEmpty()
              ? Map.of()
              : new FederatedRows(session, realm, componentId).memberships();
      Map<Set<String>, Boolean> decisions = new HashMap<>();
      Map<String, Optional<Boolean>> special = new HashMap<>();
      // First, since whoever is named speaks for nobody else of the same groups.
      named.users().stream()
          .map(StorageId::new)
          .filter(id -> componentId.equals(id.getProviderId()))
          .forEach(id -> special.put(id.getExternalId(), Optional.ofNullable(decide(id.getId()))));
      groups.forEach(
          (id, of) -> {
            Set<String> kind = named.kind(realm, of);
            if (!kind.isEmpty() && !special.containsKey(id)) {
              special.put(
                  id,
                  Optional.ofNullable(
                      decisions.computeIfAbsent(kind, one -> decide(keycloakId(componentId, id)))));
            }
          });
      boolean byDefault =
          users.search(new UserSearch().without(special.keySet()), 0, 1).stream()
              .map(row -> decide(keycloakId(componentId, row.id())))
              .anyMatch(Boolean.TRUE::equals);
      return new Shown(
          byDefault,
          special.entrySet().stream()
              .filter(user -> user.getValue().orElse(false) != byDefault)
              .map(Map.Entry::getKey)
              .collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * Each by itself, since no database takes a list of any length. Groups of those who come from a
     * directory may be known to the directory alone, so they are a kind each.
     */
    Shown ofLocalStorage() {
      LocalRows rows = new LocalRows(session, realm);
      Map<String, Set<String>> groups = named.groups().isEmpty() ? Map.of() : rows.memberships();
      Map<Set<String>, Boolean> decisions = new HashMap<>();
      Set<String> visible = new HashSet<>();
      rows.people()
          .forEach(
              person -> {
                String id = person.id();
                boolean alone =
                    named.users().contains(id)
                        || (person.fromDirectory() && !named.groups().isEmpty());
                Boolean decision =
                    alone
                        ? decide(id)
                        : decisions.computeIfAbsent(
                            named.kind(realm, groups.getOrDefault(id, Set.of())),
                            one -> decide(id));
                if (Boolean.TRUE.equals(decision)) {
                  visible.add(id);
                }
              });
      return new Shown(false, visible);
    }

    /** Null where the user is gone. */
    private @Nullable Boolean decide(String keycloakId) {
      UserModel user = session.users().getUserById(realm, keycloakId);
      return user == null ? null : (Boolean) permitted.test(user);
    }

    private static String keycloakId(String componentId, String id) {
      return new StorageId(componentId, id).getId();
    }
  }
}
