// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import java.util.List;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;

/**
 * Second factors that Keycloak keeps itself, of which Better Auth knows nothing: what it began was
 * begun without them.
 */
final class KeycloakSecondFactors {

  private static final List<String> TYPES =
      List.of(
          OTPCredentialModel.TYPE,
          WebAuthnCredentialModel.TYPE_TWOFACTOR,
          RecoveryAuthnCodesCredentialModel.TYPE);

  private KeycloakSecondFactors() {}

  /** Whether the user has one. */
  static boolean any(UserModel user) {
    return TYPES.stream()
        .flatMap(user.credentialManager()::getStoredCredentialsByTypeStream)
        .findAny()
        .isPresent();
  }
}
