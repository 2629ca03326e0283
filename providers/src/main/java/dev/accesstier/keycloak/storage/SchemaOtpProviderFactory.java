// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.factor.SecondFactorProviders;
import org.keycloak.credential.OTPCredentialProvider;
import org.keycloak.credential.OTPCredentialProviderFactory;
import org.keycloak.models.KeycloakSession;

/** In place of Keycloak's own {@code keycloak-otp}, on which it builds. */
public final class SchemaOtpProviderFactory extends OTPCredentialProviderFactory
    implements SecondFactorProviders {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public OTPCredentialProvider create(KeycloakSession session) {
    return new SchemaOtpProvider(session);
  }
}
