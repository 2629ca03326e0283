// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.component.ComponentSettings;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.people.AskingAdmin;
import dev.accesstier.keycloak.people.FederatedRows;
import dev.accesstier.keycloak.people.PermittedUsers;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.schema.Shown;
import dev.accesstier.keycloak.schema.UserSearch;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.ws.rs.core.Response.Status;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.credential.CredentialInput;
import org.keycloak.credential.CredentialInputUpdater;
import org.keycloak.credential.CredentialInputValidator;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.ErrorResponse;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.user.UserCountMethodsProvider;
import org.keycloak.storage.user.UserLookupProvider;
import org.keycloak.storage.user.UserQueryMethodsProvider;
import org.keycloak.storage.user.UserRegistrationProvider;
import org.keycloak.userprofile.AttributeMetadata;
import org.keycloak.userprofile.UserProfileDecorator;
import org.keycloak.userprofile.UserProfileMetadata;
import org.keycloak.utils.EmailValidationUtil;

/** Keycloak's calls for one component within one session, handed on to those who know. */
final class AuthSchemaStorageProvider
    implements UserStorageProvider,
        UserLookupProvider,
        UserQueryMethodsProvider,
        UserCountMethodsProvider,
        CredentialInputValidator,
        CredentialInputUpdater,
        UserProfileDecorator,
        UserRegistrationProvider {

  private final KeycloakSession session;
  private final ComponentModel component;
  private final SessionUsers users;
  private final UserCredentials credentials;
  private final Supplier<ComponentSettings> settings;

  AuthSchemaStorageProvider(
      KeycloakSession session,
      ComponentModel component,
      SessionUsers users,
      UserCredentials credentials,
      Supplier<ComponentSettings> settings) {
    this.session = session;
    this.component = component;
    this.users = users;
    this.credentials = credentials;
    this.settings = settings;
  }

  @Override
  public void close() {}

  // Look-up

  @Override
  public @Nullable UserModel getUserById(RealmModel realm, String id) {
    return adapted(realm, users.byId(StorageId.externalId(id)));
  }

  @Override
  public @Nullable UserModel getUserByUsername(RealmModel realm, String username) {
    return lookedUp(realm, username, users::byName);
  }

  @Override
  public @Nullable UserModel getUserByEmail(RealmModel realm, String email) {
    return lookedUp(realm, email, users::byEmail);
  }

  private @Nullable UserModel lookedUp(
      RealmModel realm, String name, Function<String, Optional<AuthUser>> lookUp) {
    try {
      return adapted(realm, lookUp.apply(name));
    } catch (TemporarilyUnavailableException e) {
      if (isOfTheOneSigningIn(name)) {
        return null;
      }
      throw e;
    }
  }

  /**
   * At the end of a login Keycloak asks whether somebody else has the name of the user as well. An
   * outage, which is in the log by then, must not end the login there: with Keycloak's page for
   * unexpected errors, and an event that tells of wrong credentials.
   */
  private boolean isOfTheOneSigningIn(String email) {
    AuthenticationSessionModel login = session.getContext().getAuthenticationSession();
    UserModel user = login == null ? null : login.getAuthenticatedUser();
    return user != null && email.equalsIgnoreCase(user.getUsername());
  }

  // Search

  @Override
  public Stream<UserModel> searchForUserStream(
      RealmModel realm,
      Map<String, String> params,
      @Nullable Integer first,
      @Nullable Integer max) {
    return listed(realm, () -> searchFor(realm, params), first, max);
  }

  @Override
  public Stream<UserModel> searchForUserByUserAttributeStream(
      RealmModel realm, String name, String value) {
    // Keycloak asks its federated storage itself for the attributes that are kept there.
    return AuthSchemaUser.COLUMNS.contains(name)
        ? listed(
            realm, () -> searchFor(realm, Map.of(name, value, UserModel.EXACT, "true")), null, null)
        : Stream.empty();
  }

  @Override
  public Stream<UserModel> getGroupMembersStream(
      RealmModel realm, GroupModel group, @Nullable Integer first, @Nullable Integer max) {
    UnaryOperator<UserSearch> among = among(realm, Set.of(group.getId()));
    return listed(realm, () -> among.apply(new UserSearch()), first, max);
  }

  @Override
  public Stream<UserModel> getGroupMembersStream(
      RealmModel realm,
      GroupModel group,
      @Nullable String search,
      @Nullable Boolean exact,
      @Nullable Integer first,
      @Nullable Integer max) {
    UnaryOperator<UserSearch> among = among(realm, Set.of(group.getId()));
    return listed(
        realm,
        () ->
            among.apply(
                new UserSearch()
                    .anywhere(search == null ? "" : search, Boolean.TRUE.equals(exact))),
        first,
        max);
  }

  /**
   * Everybody, of a default group; of others those whom Keycloak keeps as members. They are listed
   * here rather than by Keycloak, whose pages would have a gap for each member whose row another
   * service has deleted.
   */
  private UnaryOperator<UserSearch> among(RealmModel realm, Set<String> groupIds) {
    if (DefaultGroups.containOne(realm, groupIds)) {
      return search -> search;
    }
    Set<String> members = federated(realm).members(groupIds);
    return search -> search.ids(members);
  }

  /**
   * Everybody, of the realm's default role; of others those who have it by {@code users.role}, and
   * likewise those it was granted to.
   */
  @Override
  public Stream<UserModel> getRoleMembersStream(
      RealmModel realm, RoleModel role, @Nullable Integer first, @Nullable Integer max) {
    if (role.equals(realm.getDefaultRole())) {
      return listed(realm, UserSearch::new, first, max);
    }
    Set<String> granted = federated(realm).granted(role.getId());
    return ColumnRole.isOne(realm, role)
        ? listed(realm, () -> new UserSearch().role(role.getName(), granted), first, max)
        : listed(realm, () -> new UserSearch().ids(granted), first, max);
  }

  @Override
  public int getUsersCount(RealmModel realm, boolean includeServiceAccount) {
    return count(realm, new UserSearch());
  }

  @Override
  @SuppressWarnings("deprecation") // Keycloak's admin API still counts by it.
  public int getUsersCount(RealmModel realm, String search) {
    return count(realm, new UserSearch().text(search));
  }

  @Override
  public int getUsersCount(RealmModel realm, Map<String, String> params) {
    return count(realm, searchFor(realm, params));
  }

  @Override
  public int getUsersCount(RealmModel realm, Set<String> groupIds) {
    return count(realm, among(realm, groupIds).apply(new UserSearch()));
  }

  @Override
  @SuppressWarnings("deprecation")
  public int getUsersCount(RealmModel realm, String search, Set<String> groupIds) {
    return count(realm, among(realm, groupIds).apply(new UserSearch().text(search)));
  }

  @Override
  public int getUsersCount(RealmModel realm, Map<String, String> params, Set<String> groupIds) {
    return count(realm, among(realm, groupIds).apply(searchFor(realm, params)));
  }

  private int count(RealmModel realm, UserSearch search) {
    return users.count(search.shown(shown(realm)));
  }

  /** In lists; whom somebody knows by id, email or username is found whoever asks. */
  private Shown shown(RealmModel realm) {
    return AskingAdmin.of(session, realm)
        .map(admin -> PermittedUsers.visibleTo(admin, session, realm, component.getId(), users))
        .orElse(Shown.EVERYONE);
  }

  // Credentials

  @Override
  public boolean supportsCredentialType(String type) {
    return UserCredentials.TYPES.contains(type);
  }

  @Override
  public boolean isConfiguredFor(RealmModel realm, UserModel user, String type) {
    return credentials.isConfigured(user, type);
  }

  @Override
  public boolean isValid(RealmModel realm, UserModel user, CredentialInput input) {
    return credentials.isValid(realm, user, input);
  }

  @Override
  public boolean updateCredential(RealmModel realm, UserModel user, CredentialInput input) {
    return credentials.update(realm, user, input);
  }

  @Override
  public void disableCredentialType(RealmModel realm, UserModel user, String type) {
    credentials.disable(user, type);
  }

  @Override
  public Stream<String> getDisableableCredentialTypesStream(RealmModel realm, UserModel user) {
    return credentials.disableableTypes(user);
  }

  @Override
  public Stream<CredentialModel> getCredentials(RealmModel realm, UserModel user) {
    return credentials.of(user);
  }

  // Profile

  @Override
  public List<AttributeMetadata> decorateUserProfile(
      String providerId, UserProfileMetadata metadata) {
    return AuthSchemaUser.COLUMNS.stream()
        .filter(name -> !name.equals(AccessTier.ATTRIBUTE) || !settings.get().tierChangeable())
        .flatMap(name -> metadata.getAttribute(name).stream())
        .map(AttributeMetadata::clone)
        .map(
            attribute ->
                isEditable(attribute.getName())
                    ? StoredValueValidator.around(attribute)
                    : attribute.addWriteCondition(AttributeMetadata.ALWAYS_FALSE))
        .toList();
  }

  /** The username follows the email; a tier that may be changed needs no condition of ours. */
  private boolean isEditable(String attribute) {
    return settings.get().writable()
        && !attribute.equals(UserModel.USERNAME)
        && !attribute.equals(AccessTier.ATTRIBUTE);
  }

  // Registration

  /** A new row where the username is an email and the schema is writable, else nobody. */
  @Override
  public @Nullable UserModel addUser(RealmModel realm, String username) {
    UserWriter writer = writer();
    if (writer == null || !EmailValidationUtil.isValidEmail(username)) {
      return null;
    }
    UserModel user = adapter(realm, writer.insert(username.toLowerCase(Locale.ROOT)));
    realm
        .getRequiredActionProvidersStream()
        .filter(action -> action.isEnabled() && action.isDefaultAction())
        .forEachOrdered(action -> user.addRequiredAction(action.getAlias()));
    return user;
  }

  /** By now Keycloak has let go of all that it keeps of the user, which a failure has to undo. */
  @Override
  public boolean removeUser(RealmModel realm, UserModel user) {
    try {
      remove(StorageId.externalId(user.getId()));
      return true;
    } catch (RuntimeException e) {
      session.getTransactionManager().setRollbackOnly();
      throw e;
    }
  }

  private void remove(String id) {
    UserWriter writer = writer();
    if (writer == null) {
      throw ErrorResponse.error(EditedUser.readOnly("The user").getMessage(), Status.BAD_REQUEST);
    }
    switch (settings.get().deleteMode()) {
      case SOFT -> writer.setDeleted(id, true);
      case HARD -> writer.delete(id);
    }
  }

  private UserSearch searchFor(RealmModel realm, Map<String, String> params) {
    return new SearchParameters(session, realm, component.getId()).search(params);
  }

  private FederatedRows federated(RealmModel realm) {
    return new FederatedRows(session, realm, component.getId());
  }

  private Stream<UserModel> listed(
      RealmModel realm,
      Supplier<UserSearch> search,
      @Nullable Integer first,
      @Nullable Integer max) {
    Shown shown = shown(realm);
    return new UserPages(users)
        .stream(() -> search.get().shown(shown), first, max).map(row -> adapter(realm, row));
  }

  private @Nullable UserModel adapted(RealmModel realm, Optional<AuthUser> row) {
    return row.map(found -> adapter(realm, found)).orElse(null);
  }

  private UserModel adapter(RealmModel realm, AuthUser row) {
    return new AuthSchemaUser(session, realm, component, writer(), row);
  }

  private @Nullable UserWriter writer() {
    return settings.get().writable() ? new UserWriter(session, users) : null;
  }
}
