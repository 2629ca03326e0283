package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.credential.Totp;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.TemporarilyUnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.credential.CredentialInput;
import org.keycloak.credential.CredentialInputUpdater;
import org.keycloak.credential.CredentialInputValidator;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelValidationException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.PasswordCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.storage.ReadOnlyException;
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

  /**
   * Id of the second factor among a user's credentials, of which there is one. Keycloak's page for
   * removing a credential takes ids of a user storage's credentials in this form alone.
   */
  static final String OTP_ID = OTPCredentialModel.TYPE + "-id";

  private static final Logger LOG = Logger.getLogger(AuthSchemaStorageProvider.class);

  /** Keycloak asks for the first, and sets up one of the others. */
  private static final Set<String> OTP_TYPES =
      Set.of(OTPCredentialModel.TYPE, OTPCredentialModel.TOTP, OTPCredentialModel.HOTP);

  private final KeycloakSession session;
  private final ComponentModel component;
  private final SessionUsers users;
  private final PasswordCheck passwords;
  private final SecondFactor secondFactor;
  private final SecondFactorEnrolment enrolment;
  private final Supplier<ComponentSettings> configuration;
  private final Runnable releaseDatabase;
  private @Nullable ComponentSettings settings;

  AuthSchemaStorageProvider(
      KeycloakSession session,
      ComponentModel component,
      SessionUsers users,
      PasswordCheck passwords,
      SecondFactor secondFactor,
      SecondFactorEnrolment enrolment,
      Supplier<ComponentSettings> configuration,
      Runnable releaseDatabase) {
    this.session = session;
    this.component = component;
    this.users = users;
    this.passwords = passwords;
    this.secondFactor = secondFactor;
    this.enrolment = enrolment;
    this.configuration = configuration;
    this.releaseDatabase = releaseDatabase;
  }

  @Override
  public void close() {}

  /** The component goes with its realm, and nobody else tells. */
  @Override
  public void preRemove(RealmModel realm) {
    releaseDatabase.run();
  }

  // Look-up

  @Override
  public @Nullable UserModel getUserById(RealmModel realm, String id) {
    return adapted(realm, users.byId(StorageId.externalId(id)));
  }

  @Override
  public @Nullable UserModel getUserByUsername(RealmModel realm, String username) {
    return getUserByEmail(realm, username);
  }

  @Override
  public @Nullable UserModel getUserByEmail(RealmModel realm, String email) {
    try {
      return adapted(realm, users.byEmail(email));
    } catch (TemporarilyUnavailableException e) {
      if (isOfTheOneSigningIn(email)) {
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

  /** Keycloak keeps the memberships of federated users and asks itself for them. */
  @Override
  public Stream<UserModel> getGroupMembersStream(
      RealmModel realm, GroupModel group, @Nullable Integer first, @Nullable Integer max) {
    return Stream.empty();
  }

  /** Those who have the role by {@code users.role}; Keycloak adds those it was granted to. */
  @Override
  public Stream<UserModel> getRoleMembersStream(
      RealmModel realm, RoleModel role, @Nullable Integer first, @Nullable Integer max) {
    return role.isClientRole()
        ? Stream.empty()
        : listed(realm, () -> new UserSearch().role(role.getName()), first, max);
  }

  @Override
  public int getUsersCount(RealmModel realm, boolean includeServiceAccount) {
    return users.count(new UserSearch());
  }

  @Override
  @SuppressWarnings("deprecation") // Keycloak's admin API still counts by it.
  public int getUsersCount(RealmModel realm, String search) {
    return users.count(new UserSearch().text(search));
  }

  @Override
  public int getUsersCount(RealmModel realm, Map<String, String> params) {
    return users.count(searchFor(realm, params));
  }

  /**
   * None, in agreement with {@link #getGroupMembersStream}: Keycloak subtracts this number when it
   * pages through a group's members, whom its own storage lists.
   */
  @Override
  public int getUsersCount(RealmModel realm, Set<String> groupIds) {
    return 0;
  }

  @Override
  @SuppressWarnings("deprecation")
  public int getUsersCount(RealmModel realm, String search, Set<String> groupIds) {
    return users.count(new UserSearch().text(search).ids(parameters(realm).members(groupIds)));
  }

  @Override
  public int getUsersCount(RealmModel realm, Map<String, String> params, Set<String> groupIds) {
    return users.count(searchFor(realm, params).ids(parameters(realm).members(groupIds)));
  }

  // Credentials

  @Override
  public boolean supportsCredentialType(String type) {
    return PasswordCredentialModel.TYPE.equals(type)
        || OTP_TYPES.contains(type)
        || RecoveryAuthnCodesCredentialModel.TYPE.equals(type);
  }

  @Override
  public boolean isConfiguredFor(RealmModel realm, UserModel user, String type) {
    if (OTP_TYPES.contains(type)) {
      return secondFactor.isConfigured(externalId(user));
    }
    return PasswordCredentialModel.TYPE.equals(type)
        && stored(user).map(stored -> stored.hash() != null).orElse(false);
  }

  @Override
  public boolean isValid(RealmModel realm, UserModel user, CredentialInput input) {
    String response = input.getChallengeResponse();
    if (response == null) {
      return false;
    }
    return OTP_TYPES.contains(input.getType())
        ? secondFactor.accepts(externalId(user), response)
        : PasswordCredentialModel.TYPE.equals(input.getType()) && isPassword(realm, user, response);
  }

  private boolean isPassword(RealmModel realm, UserModel user, String password) {
    Optional<StoredPassword> stored = stored(user);
    if (stored.isEmpty()
        || !passwords.matches(realm, stored.get(), password)
        || !mayEnter(realm, user, stored.get().user())) {
      return false;
    }
    if (settings().writable()) {
      passwordChange().afterLogin(realm, user, stored.get(), password, settings().upgradeBcrypt());
    }
    return true;
  }

  @Override
  public boolean updateCredential(RealmModel realm, UserModel user, CredentialInput input) {
    if (!supportsCredentialType(input.getType())) {
      return false;
    }
    if (RecoveryAuthnCodesCredentialModel.TYPE.equals(input.getType())) {
      return enrolment.replaceBackupCodes(externalId(user), input.getChallengeResponse());
    }
    if (OTP_TYPES.contains(input.getType())) {
      return enrolment.enrol(realm, externalId(user), input.getChallengeResponse());
    }
    if (!settings().writable()) {
      // Not false: Keycloak would then keep a second password of its own, which would be valid.
      throw new ReadOnlyException(
          "The password is kept by the auth schema, which is read-only here");
    }
    passwordChange().change(realm, user, input.getChallengeResponse());
    return true;
  }

  /** A password is changed and not taken away, in Keycloak's own storage as well. */
  @Override
  public void disableCredentialType(RealmModel realm, UserModel user, String type) {
    if (OTP_TYPES.contains(type)) {
      enrolment.remove(externalId(user));
    } else if (isConfiguredFor(realm, user, type)) {
      throw new ModelValidationException("A password can be changed and not be taken away");
    }
  }

  @Override
  public Stream<String> getDisableableCredentialTypesStream(RealmModel realm, UserModel user) {
    return enrolment.isWritable() && isConfiguredFor(realm, user, OTPCredentialModel.TYPE)
        ? Stream.of(OTPCredentialModel.TYPE)
        : Stream.empty();
  }

  @Override
  public Stream<CredentialModel> getCredentials(RealmModel realm, UserModel user) {
    Stream<CredentialModel> password =
        isConfiguredFor(realm, user, PasswordCredentialModel.TYPE)
            ? Stream.of(passwordCredential())
            : Stream.empty();
    return isConfiguredFor(realm, user, OTPCredentialModel.TYPE)
        ? Stream.concat(password, Stream.of(otpCredential(user)))
        : password;
  }

  /** What can be shown of a second factor; the secret is not in it. */
  OTPCredentialModel otpCredential(UserModel user) {
    OTPCredentialModel otp =
        OTPCredentialModel.createTOTP(
            "", Totp.DIGITS, Math.toIntExact(Totp.PERIOD.toSeconds()), Totp.ALGORITHM);
    otp.setId(OTP_ID);
    otp.setFederationLink(component.getId());
    secondFactor.since(externalId(user)).map(Instant::toEpochMilli).ifPresent(otp::setCreatedDate);
    return otp;
  }

  private CredentialModel passwordCredential() {
    CredentialModel password = new CredentialModel();
    password.setType(PasswordCredentialModel.TYPE);
    password.setFederationLink(component.getId());
    return password;
  }

  // Profile

  @Override
  public List<AttributeMetadata> decorateUserProfile(
      String providerId, UserProfileMetadata metadata) {
    return AuthSchemaUser.COLUMNS.stream()
        .filter(name -> !name.equals(AccessTier.ATTRIBUTE) || !settings().tierChangeable())
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
    return settings().writable()
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

  @Override
  public boolean removeUser(RealmModel realm, UserModel user) {
    UserWriter writer = writer();
    if (writer == null) {
      return false;
    }
    String id = StorageId.externalId(user.getId());
    switch (settings().deleteMode()) {
      case SOFT -> writer.setDeleted(id, true);
      case HARD -> writer.delete(id);
    }
    return true;
  }

  /** Asked after a correct password only, so that nobody else learns of it. */
  private boolean mayEnter(RealmModel realm, UserModel user, AuthUser row) {
    if (row.deleted() && user.isEnabled()) {
      // Deleted since Keycloak cached the user; one it knows as disabled it refuses by itself.
      return false;
    }
    // Said in the log. The flow asks for a code next, and here it ends where none could be
    // verified.
    if (row.twoFactorEnabled() && !secondFactor.isReadable(row.id())) {
      return false;
    }
    // A realm that verifies emails asks for it after the login, and offers a mail.
    if (!user.isEmailVerified() && !realm.isVerifyEmail()) {
      LOG.warnf("User %s is refused: the email address is not verified", row.id());
      return false;
    }
    return true;
  }

  private Optional<StoredPassword> stored(UserModel user) {
    return users.password(externalId(user));
  }

  private static String externalId(UserModel user) {
    return StorageId.externalId(user.getId());
  }

  private UserSearch searchFor(RealmModel realm, Map<String, String> params) {
    return parameters(realm).search(params);
  }

  private SearchParameters parameters(RealmModel realm) {
    return new SearchParameters(session, realm, component.getId());
  }

  private Stream<UserModel> listed(
      RealmModel realm,
      Supplier<UserSearch> search,
      @Nullable Integer first,
      @Nullable Integer max) {
    return new UserPages(users).stream(search, first, max).map(row -> adapter(realm, row));
  }

  private @Nullable UserModel adapted(RealmModel realm, Optional<AuthUser> row) {
    return row.map(found -> adapter(realm, found)).orElse(null);
  }

  private UserModel adapter(RealmModel realm, AuthUser row) {
    return new AuthSchemaUser(session, realm, component, writer(), row);
  }

  private ComponentSettings settings() {
    ComponentSettings read = settings;
    if (read == null) {
      read = configuration.get();
      settings = read;
    }
    return read;
  }

  private @Nullable UserWriter writer() {
    return settings().writable() ? new UserWriter(session, users) : null;
  }

  private PasswordChange passwordChange() {
    return new PasswordChange(session, users, passwords);
  }
}
