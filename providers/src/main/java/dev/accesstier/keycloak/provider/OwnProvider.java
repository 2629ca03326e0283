// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.provider;

import dev.accesstier.keycloak.application.OldSecretAuthenticator;
import dev.accesstier.keycloak.factor.MailedFactorFormFactory;
import dev.accesstier.keycloak.factor.MailedFactorGrant;
import dev.accesstier.keycloak.gate.AccessTokenIntrospectionFactory;
import dev.accesstier.keycloak.gate.ClosedAppsPostProcessorFactory;
import dev.accesstier.keycloak.gate.OpenAudienceMapper;
import dev.accesstier.keycloak.gate.OpenClientRoleMapper;
import dev.accesstier.keycloak.gate.RefreshTokenIntrospectionFactory;
import dev.accesstier.keycloak.gate.RptIntrospectionFactory;
import dev.accesstier.keycloak.gate.SamlExchangeGateFactory;
import dev.accesstier.keycloak.gate.SsoCookieFactory;
import dev.accesstier.keycloak.gate.TierRequiredActionFactory;
import dev.accesstier.keycloak.gate.TokenGateFactory;
import dev.accesstier.keycloak.gate.UmaGrantFactory;
import dev.accesstier.keycloak.gate.UserInfoExecutorFactory;
import dev.accesstier.keycloak.link.LinkedFederatedStorageFactory;
import dev.accesstier.keycloak.link.LinkingFormWithPasskeysFactory;
import dev.accesstier.keycloak.link.OrganizationFormFactory;
import dev.accesstier.keycloak.link.PasskeyAuthenticatorFactory;
import dev.accesstier.keycloak.link.PasskeyCredentialProviderFactory;
import dev.accesstier.keycloak.link.PasswordFormWithPasskeysFactory;
import dev.accesstier.keycloak.link.UsernameFormWithPasskeysFactory;
import dev.accesstier.keycloak.link.UsernamePasswordFormWithPasskeysFactory;
import dev.accesstier.keycloak.login.SessionRevocationFactory;
import dev.accesstier.keycloak.password.UnknownUserCostFactory;
import dev.accesstier.keycloak.profile.TierUserProfileFactory;
import dev.accesstier.keycloak.storage.SchemaOtpProviderFactory;
import dev.accesstier.keycloak.token.OldRefreshGrantFactory;
import dev.accesstier.keycloak.token.OldTokenRevocationFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.ClientAuthenticator;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.credential.CredentialProvider;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.ProtocolMapper;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.TokenIntrospectionProvider;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.storage.federated.UserFederatedStorageProvider;
import org.keycloak.userprofile.UserProfileProvider;

/**
 * The providers that stand in for Keycloak's own under the same id, and those without which
 * something is passed by in silence. Of two factories with one id Keycloak uses the one of the
 * higher {@code order()}, at a tie the one it met first, and says nothing about it; the server's
 * options can switch any off.
 */
public enum OwnProvider {
  TOKEN_GATE(
      TokenPostProcessor.class, TokenGateFactory.class, "grants hand out tokens whatever the tier"),
  CLOSED_APPS(
      TokenPostProcessor.class,
      ClosedAppsPostProcessorFactory.class,
      "a token may name apps that are closed to its user"),
  UMA_GATE(
      OAuth2GrantType.class,
      UmaGrantFactory.class,
      "a resource server hears decisions about users below its tier"),
  AUDIENCE_MAPPER(
      ProtocolMapper.class,
      OpenAudienceMapper.class,
      "an ID token may name apps that are closed to its user"),
  CLIENT_ROLE_MAPPER(
      ProtocolMapper.class,
      OpenClientRoleMapper.class,
      "an ID token may hold roles of apps that are closed to its user"),
  SSO_COOKIE(
      Authenticator.class,
      SsoCookieFactory.class,
      "a user whom another service deleted stays signed in until the cache forgets the user"),
  LOGIN_GATE(
      RequiredActionProvider.class,
      TierRequiredActionFactory.class,
      "logins in a browser and over SAML are let through whatever the tier"),
  USERINFO_GATE(
      ClientPolicyExecutorProvider.class,
      UserInfoExecutorFactory.class,
      "a token from before a demotion still opens userinfo"),
  SAML_EXCHANGE_GATE(
      TokenExchangeProvider.class,
      SamlExchangeGateFactory.class,
      "a token exchange gives SAML assertions whatever the tier"),
  ACCESS_TOKEN_INTROSPECTION(
      TokenIntrospectionProvider.class,
      AccessTokenIntrospectionFactory.class,
      "access tokens from before a demotion count as active"),
  REFRESH_TOKEN_INTROSPECTION(
      TokenIntrospectionProvider.class,
      RefreshTokenIntrospectionFactory.class,
      "refresh tokens from before a demotion count as active"),
  RPT_INTROSPECTION(
      TokenIntrospectionProvider.class,
      RptIntrospectionFactory.class,
      "requesting party tokens from before a demotion count as active"),
  USER_PROFILE(
      UserProfileProvider.class,
      TierUserProfileFactory.class,
      "a tier changed in Keycloak's user form is not in the trail"),
  OLD_REFRESH_GRANT(
      OAuth2GrantType.class,
      OldRefreshGrantFactory.class,
      "refresh tokens of the old service are refused"),
  OLD_TOKEN_REVOCATION(
      ClientPolicyExecutorProvider.class,
      OldTokenRevocationFactory.class,
      "tokens of the old service cannot be revoked here"),
  OLD_CLIENT_SECRET(
      ClientAuthenticator.class,
      OldSecretAuthenticator.class,
      "imported apps whose secret is hashed are refused"),
  SECOND_FACTOR(
      CredentialProvider.class,
      SchemaOtpProviderFactory.class,
      "users with a second factor in the auth schema are refused"),
  MAILED_FACTOR_FORM(
      Authenticator.class, MailedFactorFormFactory.class, OwnProvider.NO_MAILED_CODES),
  MAILED_FACTOR_GRANT(Authenticator.class, MailedFactorGrant.class, OwnProvider.NO_MAILED_CODES),
  PASSKEYS(
      CredentialProvider.class,
      PasskeyCredentialProviderFactory.class,
      "passkeys of the auth schema may be out of date, and their use is not noted"),
  LINKS(
      UserFederatedStorageProvider.class,
      LinkedFederatedStorageFactory.class,
      "passkeys and links of the auth schema are not seen"),
  PASSKEY_STEP(Authenticator.class, PasskeyAuthenticatorFactory.class, OwnProvider.NO_PASSKEYS),
  LOGIN_FORM(
      Authenticator.class, UsernamePasswordFormWithPasskeysFactory.class, OwnProvider.NO_PASSKEYS),
  PASSWORD_FORM(
      Authenticator.class, PasswordFormWithPasskeysFactory.class, OwnProvider.NO_PASSKEYS),
  USERNAME_FORM(
      Authenticator.class, UsernameFormWithPasskeysFactory.class, OwnProvider.NO_PASSKEYS),
  LINKING_FORM(Authenticator.class, LinkingFormWithPasskeysFactory.class, OwnProvider.NO_PASSKEYS),
  ORGANIZATION_FORM(Authenticator.class, OrganizationFormFactory.class, OwnProvider.NO_PASSKEYS),
  SESSION_REVOCATION(
      EventListenerProvider.class,
      SessionRevocationFactory.class,
      "signing out does not end the sessions of Better Auth"),
  UNKNOWN_USER_COST(
      EventListenerProvider.class,
      UnknownUserCostFactory.class,
      "the time of a failed login tells who has an account");

  private static final String NO_MAILED_CODES =
      "people whose second factor is a code by mail get none with this step";

  private static final String NO_PASSKEYS =
      "passkeys made at Better Auth do not sign in with this form";

  private final Class<? extends Provider> spi;
  private final ProviderFactory<?> expected;
  private final String without;

  OwnProvider(
      Class<? extends Provider> spi, Class<? extends ProviderFactory<?>> factory, String without) {
    this.spi = spi;
    this.expected = made(factory);
    this.without = without;
  }

  private static ProviderFactory<?> made(Class<? extends ProviderFactory<?>> factory) {
    try {
      return factory.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(factory + " has no public constructor", e);
    }
  }

  /** What is wrong with those that Keycloak uses in place of ours, in sentences. */
  public static Stream<String> lost(KeycloakSessionFactory factories) {
    return Arrays.stream(values()).flatMap(own -> own.problem(factories).stream());
  }

  /** Makes each once: what does not fit this Keycloak shows now, and not at the first login. */
  static Stream<String> broken(KeycloakSession session) {
    return Arrays.stream(values()).flatMap(own -> own.failure(session).stream());
  }

  /** Interface of its SPI, its id, and our class. */
  Class<? extends Provider> spi() {
    return spi;
  }

  ProviderFactory<?> expected() {
    return expected;
  }

  private Optional<String> problem(KeycloakSessionFactory factories) {
    ProviderFactory<?> used = used(factories);
    return isOurs(used)
        ? Optional.empty()
        : Optional.of(
            "Provider %s of SPI %s %s, so that %s."
                .formatted(
                    expected.getId(),
                    factories.getSpi(spi).getName(),
                    used == null
                        ? "is switched off"
                        : "is " + used.getClass().getName() + " of another extension",
                    without));
  }

  private Optional<String> failure(KeycloakSession session) {
    ProviderFactory<?> used = used(session.getKeycloakSessionFactory());
    try {
      // A protocol mapper is used as it is: Keycloak makes nothing with it.
      if (used != null && isOurs(used) && !(used instanceof ProtocolMapper)) {
        used.create(session);
      }
      return Optional.empty();
    } catch (RuntimeException | LinkageError e) {
      return Optional.of(
          "Provider %s does not fit this Keycloak: %s".formatted(expected.getId(), e));
    }
  }

  private boolean isOurs(@Nullable ProviderFactory<?> used) {
    return used != null && used.getClass() == expected.getClass();
  }

  private @Nullable ProviderFactory<?> used(KeycloakSessionFactory factories) {
    return factories.getProviderFactory(spi, expected.getId());
  }
}
