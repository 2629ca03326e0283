// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.PasswordCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;

/** Keycloak's events in the vocabulary of {@code security_events}. */
enum SecurityEventType {
  LOGIN_SUCCESS,
  LOGIN_FAILURE,
  REGISTER,
  LOGOUT,
  PASSWORD_CHANGED,
  PASSWORD_RESET_REQUESTED,
  PASSWORD_RESET_COMPLETED,
  EMAIL_VERIFIED,
  ACCOUNT_DELETED,
  ACCOUNT_LOCKED,
  PROFILE_UPDATED,
  PASSKEY_REGISTERED,
  PASSKEY_LOGIN_SUCCESS,
  TWO_FACTOR_ENABLED,
  TWO_FACTOR_DISABLED;

  /**
   * What a user did; empty for what the vocabulary has no word for.
   *
   * @param byMailedLink whether the user came through a mailed link
   * @param removedSecondFactor whether the request removed one of the schema, whose type Keycloak
   *     does not name
   */
  static Optional<SecurityEventType> of(
      Event event, boolean byMailedLink, boolean removedSecondFactor) {
    String credential = credential(event);
    return Optional.ofNullable(
        switch (event.getType()) {
          case LOGIN ->
              WebAuthnCredentialModel.TYPE_PASSWORDLESS.equals(credential)
                  ? PASSKEY_LOGIN_SUCCESS
                  : LOGIN_SUCCESS;
          case LOGIN_ERROR -> LOGIN_FAILURE;
          case REGISTER -> REGISTER;
          case LOGOUT -> LOGOUT;
          case SEND_RESET_PASSWORD -> PASSWORD_RESET_REQUESTED;
          case VERIFY_EMAIL -> EMAIL_VERIFIED;
          case DELETE_ACCOUNT -> ACCOUNT_DELETED;
          case USER_DISABLED_BY_TEMPORARY_LOCKOUT, USER_DISABLED_BY_PERMANENT_LOCKOUT ->
              ACCOUNT_LOCKED;
          case UPDATE_PROFILE, UPDATE_EMAIL -> PROFILE_UPDATED;
          case UPDATE_CREDENTIAL -> updated(credential, byMailedLink);
          case REMOVE_CREDENTIAL ->
              removedSecondFactor || OTPCredentialModel.TYPE.equals(credential)
                  ? TWO_FACTOR_DISABLED
                  : null;
          default -> null;
        });
  }

  /** What an admin did to the user of that path; the user's own page is {@code users/<id>}. */
  static Optional<SecurityEventType> of(AdminEvent event, String path) {
    return Optional.ofNullable(
        switch (event.getOperationType()) {
          case DELETE -> path.isEmpty() ? ACCOUNT_DELETED : null;
          case UPDATE -> path.isEmpty() ? PROFILE_UPDATED : changed(path);
          case ACTION -> changed(path);
          default -> null;
        });
  }

  private static @Nullable SecurityEventType changed(String path) {
    return switch (path) {
      case "/reset-password" -> PASSWORD_CHANGED;
      case "/second-factor" -> TWO_FACTOR_DISABLED;
      default -> null;
    };
  }

  private static @Nullable SecurityEventType updated(
      @Nullable String credential, boolean byMailedLink) {
    if (PasswordCredentialModel.TYPE.equals(credential)) {
      return byMailedLink ? PASSWORD_RESET_COMPLETED : PASSWORD_CHANGED;
    }
    if (OTPCredentialModel.TYPE.equals(credential)) {
      return TWO_FACTOR_ENABLED;
    }
    return isPasskey(credential) ? PASSKEY_REGISTERED : null;
  }

  private static boolean isPasskey(@Nullable String credential) {
    return WebAuthnCredentialModel.TYPE_PASSWORDLESS.equals(credential)
        || WebAuthnCredentialModel.TYPE_TWOFACTOR.equals(credential);
  }

  private static @Nullable String credential(Event event) {
    Map<String, String> details = event.getDetails();
    return details == null ? null : details.get(Details.CREDENTIAL_TYPE);
  }
}
