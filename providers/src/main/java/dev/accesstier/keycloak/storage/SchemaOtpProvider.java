// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.credential.CredentialInput;
import org.keycloak.credential.OTPCredentialProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserCredentialModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;

/**
 * Keycloak's own one-time passwords, and those of schema {@code auth} beside them. The direct grant
 * and the resetting of credentials ask this provider and no user storage: without it, they would
 * let a user with a second factor in by the password alone.
 */
final class SchemaOtpProvider extends OTPCredentialProvider {

  SchemaOtpProvider(KeycloakSession session) {
    super(session);
  }

  @Override
  public boolean isConfiguredFor(RealmModel realm, UserModel user, String credentialType) {
    return (supportsCredentialType(credentialType) && ofSchema(realm, user).isPresent())
        || super.isConfiguredFor(realm, user, credentialType);
  }

  @Override
  public @Nullable OTPCredentialModel getDefaultCredential(
      KeycloakSession session, RealmModel realm, UserModel user) {
    return ofSchema(realm, user)
        .map(schema -> schema.otpCredential(user))
        .orElseGet(() -> super.getDefaultCredential(session, realm, user));
  }

  /** A user may have both: Keycloak kept what was set up while the schema was read-only. */
  @Override
  public boolean isValid(RealmModel realm, UserModel user, CredentialInput input) {
    if (!UserCredentials.OTP_ID.equals(input.getCredentialId())) {
      return super.isValid(realm, user, input);
    }
    return ofSchema(realm, user).map(schema -> schema.isValid(realm, user, input)).orElse(false)
        || user.credentialManager()
            .getStoredCredentialsByTypeStream(getType())
            .map(
                own ->
                    new UserCredentialModel(own.getId(), getType(), input.getChallengeResponse()))
            .anyMatch(own -> super.isValid(realm, user, own));
  }

  /** The credentials of a user who has a second factor in the schema. */
  private Optional<UserCredentials> ofSchema(RealmModel realm, UserModel user) {
    return AuthSchemaStorageProviderFactory.credentials(session, realm, user)
        .filter(schema -> schema.isConfigured(user, getType()));
  }
}
