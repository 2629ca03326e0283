// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

import java.util.Optional;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.credential.CredentialProvider;
import org.keycloak.credential.OTPCredentialProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * The factory of one-time passwords that knows the second factors of schema {@code auth}. While
 * another one has its id, Keycloak would take the password alone.
 */
public interface SecondFactors {

  /** That of a component's user; empty for others. */
  Optional<SecondFactor> of(KeycloakSession session, RealmModel realm, UserModel user);

  /** The one that Keycloak uses; empty while it uses another. */
  static Optional<SecondFactors> used(KeycloakSession session) {
    return session
                .getKeycloakSessionFactory()
                .getProviderFactory(
                    CredentialProvider.class, OTPCredentialProviderFactory.PROVIDER_ID)
            instanceof SecondFactors ours
        ? Optional.of(ours)
        : Optional.empty();
  }

  /** Mails a code, where that is the second factor of whoever signs in; empty where it is not. */
  static Optional<Mailing> mailing(AuthenticationFlowContext context) {
    return used(context.getSession())
        .flatMap(ours -> ours.of(context.getSession(), context.getRealm(), context.getUser()))
        .flatMap(factor -> factor.mail(context.getRealm(), context.getUser()));
  }
}
