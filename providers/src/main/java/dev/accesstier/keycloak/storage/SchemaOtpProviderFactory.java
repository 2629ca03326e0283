// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.factor.SecondFactor;
import dev.accesstier.keycloak.factor.SecondFactors;
import java.util.Optional;
import org.keycloak.credential.OTPCredentialProvider;
import org.keycloak.credential.OTPCredentialProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** In place of Keycloak's own {@code keycloak-otp}, on which it builds. */
public final class SchemaOtpProviderFactory extends OTPCredentialProviderFactory
    implements SecondFactors {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public Optional<SecondFactor> of(KeycloakSession session, RealmModel realm, UserModel user) {
    return AuthSchemaStorageProviderFactory.credentials(session, realm, user)
        .map(UserCredentials::secondFactor);
  }

  @Override
  public OTPCredentialProvider create(KeycloakSession session) {
    return new SchemaOtpProvider(session);
  }
}
