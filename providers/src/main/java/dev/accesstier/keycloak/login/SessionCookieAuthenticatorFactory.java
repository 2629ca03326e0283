// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderConfigProperty;

/** Offers the {@link SessionCookieAuthenticator} as an alternative execution of a browser flow. */
public final class SessionCookieAuthenticatorFactory implements AuthenticatorFactory {

  /** Provider id, in flows of realm files. */
  static final String ID = "better-auth-session";

  private static final String COOKIE_NAME = "cookieName";
  private static final String DEFAULT_COOKIE_NAME = "mana.session_token";

  private static final Requirement[] REQUIREMENTS = {Requirement.ALTERNATIVE, Requirement.DISABLED};

  /** The cookie that signs in to a realm; empty where its browser flow has no such execution on. */
  static Optional<String> cookieName(RealmModel realm) {
    return AuthenticatorUtil.getExecutionsByType(realm, realm.getBrowserFlow().getId(), ID).stream()
        .filter(AuthenticationExecutionModel::isEnabled)
        .map(
            execution ->
                execution.getAuthenticatorConfig() == null
                    ? null
                    : realm.getAuthenticatorConfigById(execution.getAuthenticatorConfig()))
        .map(SessionCookieAuthenticatorFactory::cookieName)
        .findFirst();
  }

  /** The configured name of the cookie, without the prefix that https asks for. */
  static String cookieName(@Nullable AuthenticatorConfigModel config) {
    String name =
        config == null || config.getConfig() == null ? null : config.getConfig().get(COOKIE_NAME);
    return name == null || name.isBlank() ? DEFAULT_COOKIE_NAME : name.trim();
  }

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getDisplayType() {
    return "Better Auth session";
  }

  @Override
  public String getHelpText() {
    return "Signs in silently who brings a valid session cookie of Better Auth. Needs the"
        + " component's Better Auth secret, and a cookie that the browser sends to Keycloak.";
  }

  @Override
  public String getReferenceCategory() {
    return ID;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    return new SessionCookieAuthenticator(session);
  }

  @Override
  public boolean isConfigurable() {
    return true;
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return List.of(
        new ProviderConfigProperty(
            COOKIE_NAME,
            "Cookie name",
            "Better Auth's cookiePrefix and .session_token; on https __Secure- is put before it.",
            ProviderConfigProperty.STRING_TYPE,
            DEFAULT_COOKIE_NAME));
  }

  @Override
  public Requirement[] getRequirementChoices() {
    return REQUIREMENTS.clone();
  }

  @Override
  public boolean isUserSetupAllowed() {
    return false;
  }

  @Override
  public void init(Config.Scope config) {
    // nothing to configure for the whole server
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    // nothing to prepare
  }

  @Override
  public void close() {
    // nothing to release
  }
}
