// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.component.ComponentSettings;
import dev.accesstier.keycloak.credential.Totp;
import dev.accesstier.keycloak.factor.SecondFactor;
import dev.accesstier.keycloak.factor.SecondFactorEnrolment;
import dev.accesstier.keycloak.password.PasswordChange;
import dev.accesstier.keycloak.password.PasswordCheck;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.CredentialChange;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.schema.StoredPassword;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.credential.CredentialInput;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.models.ModelValidationException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.PasswordCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.storage.ReadOnlyException;
import org.keycloak.storage.StorageId;

/** What users of one component prove themselves with: the password and the second factor. */
final class UserCredentials {

  private static final Logger LOG = Logger.getLogger(UserCredentials.class);

  /**
   * Id of the second factor among a user's credentials, of which there is one. Keycloak's page for
   * removing a credential takes ids of a user storage's credentials in this form alone.
   */
  static final String OTP_ID = OTPCredentialModel.TYPE + "-id";

  /** What lists call it; the schema has no name for it. */
  private static final String OTP_LABEL = "Authenticator app";

  private static final String MAIL_LABEL = "Code by email";

  /** Keycloak asks for the first, and sets up one of the others. */
  private static final Set<String> OTP_TYPES =
      Set.of(OTPCredentialModel.TYPE, OTPCredentialModel.TOTP, OTPCredentialModel.HOTP);

  /** Credential types of Keycloak that are kept in the schema. */
  static final Set<String> TYPES =
      Stream.concat(
              OTP_TYPES.stream(),
              Stream.of(PasswordCredentialModel.TYPE, RecoveryAuthnCodesCredentialModel.TYPE))
          .collect(Collectors.toUnmodifiableSet());

  private final KeycloakSession session;
  private final String componentId;
  private final SessionUsers users;
  private final PasswordCheck passwords;
  private final PasswordChange passwordChange;
  private final SecondFactor secondFactor;
  private final SecondFactorEnrolment enrolment;
  private final Supplier<ComponentSettings> settings;

  UserCredentials(
      KeycloakSession session,
      String componentId,
      SessionUsers users,
      PasswordCheck passwords,
      Supplier<ComponentSettings> settings) {
    this.session = session;
    this.componentId = componentId;
    this.users = users;
    this.passwords = passwords;
    this.passwordChange = new PasswordChange(session, users, passwords);
    this.secondFactor = new SecondFactor(session, users, settings);
    this.enrolment = new SecondFactorEnrolment(users, secondFactor, settings);
    this.settings = settings;
  }

  SecondFactor secondFactor() {
    return secondFactor;
  }

  boolean isConfigured(UserModel user, String type) {
    if (OTP_TYPES.contains(type)) {
      return secondFactor.isConfigured(externalId(user));
    }
    return PasswordCredentialModel.TYPE.equals(type)
        && stored(user).map(stored -> stored.hash() != null).orElse(false);
  }

  boolean isValid(RealmModel realm, UserModel user, CredentialInput input) {
    String response = input.getChallengeResponse();
    if (response == null) {
      return false;
    }
    return OTP_TYPES.contains(input.getType())
        ? secondFactor.accepts(realm, user, response)
        : PasswordCredentialModel.TYPE.equals(input.getType()) && isPassword(realm, user, response);
  }

  private boolean isPassword(RealmModel realm, UserModel user, String password) {
    Optional<StoredPassword> stored = stored(user);
    if (stored.isEmpty()
        || !passwords.matches(realm, stored.get(), password, settings.get().passwordFormat())) {
      return false;
    }
    if (!mayEnter(realm, user, stored.get().user())) {
      passwords.spendAsForAWrongOne(realm);
      return false;
    }
    if (settings.get().writable()) {
      passwordChange.afterLogin(
          realm,
          user,
          stored.get(),
          password,
          settings.get().upgradeBcrypt() ? settings.get().passwordFormat() : null);
    }
    return true;
  }

  boolean update(RealmModel realm, UserModel user, CredentialInput input) {
    if (!TYPES.contains(input.getType())) {
      return false;
    }
    if (RecoveryAuthnCodesCredentialModel.TYPE.equals(input.getType())) {
      return enrolment.replaceBackupCodes(externalId(user), input.getChallengeResponse());
    }
    if (OTP_TYPES.contains(input.getType())) {
      return enrolment.enrol(realm, externalId(user), input.getChallengeResponse());
    }
    if (!settings.get().writable()) {
      // Not false: Keycloak would then keep a second password of its own, which would be valid.
      throw new ReadOnlyException(
          "The password is kept by the auth schema, which is read-only here");
    }
    if (secondFactor.isPassedBy(externalId(user))) {
      throw new ModelException("A password that would open the account by itself is not set");
    }
    passwordChange.change(
        realm, user, input.getChallengeResponse(), settings.get().passwordFormat());
    return true;
  }

  /** A password is changed and not taken away, in Keycloak's own storage as well. */
  void disable(UserModel user, String type) {
    if (OTP_TYPES.contains(type)) {
      if (enrolment.remove(externalId(user))) {
        CredentialChange.SECOND_FACTOR_REMOVED.note(session, user.getId());
      }
    } else if (isConfigured(user, type)) {
      throw new ModelValidationException("A password can be changed and not be taken away");
    }
  }

  Stream<String> disableableTypes(UserModel user) {
    return enrolment.isWritable() && isConfigured(user, OTPCredentialModel.TYPE)
        ? Stream.of(OTPCredentialModel.TYPE)
        : Stream.empty();
  }

  Stream<CredentialModel> of(UserModel user) {
    Stream<CredentialModel> password =
        isConfigured(user, PasswordCredentialModel.TYPE)
            ? stored(user).map(this::passwordCredential).stream()
            : Stream.empty();
    return isConfigured(user, OTPCredentialModel.TYPE)
        ? Stream.concat(password, Stream.of(otpCredential(user)))
        : password;
  }

  /** What can be shown of a second factor; the secret is not in it. */
  OTPCredentialModel otpCredential(UserModel user) {
    OTPCredentialModel otp =
        OTPCredentialModel.createTOTP(
            "", Totp.DIGITS, Math.toIntExact(Totp.PERIOD.toSeconds()), Totp.ALGORITHM);
    otp.setId(OTP_ID);
    otp.setFederationLink(componentId);
    otp.setUserLabel(secondFactor.isMailed(externalId(user)) ? MAIL_LABEL : OTP_LABEL);
    secondFactor.since(externalId(user)).map(Instant::toEpochMilli).ifPresent(otp::setCreatedDate);
    return otp;
  }

  private CredentialModel passwordCredential(StoredPassword stored) {
    CredentialModel password = new CredentialModel();
    password.setType(PasswordCredentialModel.TYPE);
    password.setCreatedDate(stored.since().toEpochMilli());
    password.setFederationLink(componentId);
    return password;
  }

  /** Asked after a correct password only, so that nobody else learns of it. */
  private boolean mayEnter(RealmModel realm, UserModel user, AuthUser row) {
    if (row.shut() && user.isEnabled()) {
      // Deleted or banned since Keycloak cached the user; one it knows as disabled it refuses by
      // itself.
      return false;
    }
    // Said in the log. The flow asks for a code next, and here it ends where none could be
    // verified.
    if (row.twoFactorEnabled() && !secondFactor.canBeAsked(row.id())) {
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
}
