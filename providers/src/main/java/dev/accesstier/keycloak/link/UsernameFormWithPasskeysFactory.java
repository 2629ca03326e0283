// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import java.util.List;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.authenticators.browser.UsernameForm;
import org.keycloak.authentication.authenticators.browser.UsernameFormFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** Keycloak's form for the user name alone, which takes passkeys, with {@link PasskeyOwner}. */
public final class UsernameFormWithPasskeysFactory extends UsernameFormFactory {

  /** Above Keycloak's own 0: of two factories with one id the higher is used. */
  @Override
  public int order() {
    return 100;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    return new Form(new UsernameForm(session));
  }

  /** Beside it, because Keycloak's is final. */
  private record Form(UsernameForm form) implements Authenticator {

    @Override
    public void authenticate(AuthenticationFlowContext context) {
      form.authenticate(context);
    }

    @Override
    public void action(AuthenticationFlowContext context) {
      PasskeyOwner.name(context);
      form.action(context);
    }

    @Override
    public boolean requiresUser() {
      return form.requiresUser();
    }

    @Override
    public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
      return form.configuredFor(session, realm, user);
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
      form.setRequiredActions(session, realm, user);
    }

    @Override
    public List<RequiredActionFactory> getRequiredActions(KeycloakSession session) {
      return form.getRequiredActions(session);
    }

    @Override
    public boolean areRequiredActionsEnabled(KeycloakSession session, RealmModel realm) {
      return form.areRequiredActionsEnabled(session, realm);
    }

    @Override
    public void close() {
      form.close();
    }
  }
}
