// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.credential.PasswordFormat;
import dev.accesstier.keycloak.outage.AuthDatabaseException;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import org.keycloak.component.ComponentModel;
import org.keycloak.events.Errors;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageProviderModel;

/**
 * Makes a login with an email that nobody has take as long as one with a wrong password, so that
 * time does not tell who has an account. It listens because Keycloak reports such a login before it
 * answers, in the browser flow and in the direct grant alike, and outside the time limit it sets to
 * a look-up.
 */
final class UnknownUserCost implements EventListenerProvider {

  private final KeycloakSession session;

  UnknownUserCost(KeycloakSession session) {
    this.session = session;
  }

  @Override
  public void onEvent(Event event) {
    if (event.getType() == EventType.LOGIN_ERROR
        && Errors.USER_NOT_FOUND.equals(event.getError())
        && cameWithPassword()) {
      RealmModel realm = session.getContext().getRealm();
      if (realm != null) {
        realm
            .getStorageProviders(UserStorageProvider.class)
            .filter(component -> AuthComponents.PROVIDER_ID.equals(component.getProviderId()))
            .filter(component -> new UserStorageProviderModel(component).isEnabled())
            .findFirst()
            .ifPresent(component -> spend(format(component)));
      }
    }
  }

  /** Not a passkey that is nobody's: where no password is checked, there is no cost to be alike. */
  private boolean cameWithPassword() {
    HttpRequest request = session.getContext().getHttpRequest();
    return request != null
        && request.getDecodedFormParameters().containsKey(CredentialRepresentation.PASSWORD);
  }

  /**
   * Too many who wait end the request as they do for a known user, and not here: Keycloak logs what
   * a listener throws, and answers as if it had not.
   */
  private void spend(PasswordFormat format) {
    try {
      factory().passwordCheck(session).spendForNobody(format);
    } catch (TemporarilyUnavailableException e) {
      session.getTransactionManager().enlistPrepare(new Failing(e));
    }
  }

  private static final class Failing extends AbstractKeycloakTransaction {

    private final TemporarilyUnavailableException failure;

    Failing(TemporarilyUnavailableException failure) {
      this.failure = failure;
    }

    @Override
    protected void commitImpl() {
      throw failure;
    }

    @Override
    protected void rollbackImpl() {
      // ends otherwise
    }
  }

  @Override
  public void onEvent(AdminEvent event, boolean includeRepresentation) {}

  @Override
  public void close() {}

  private PasswordFormat format(ComponentModel component) {
    try {
      return AuthComponents.of(session, component)
          .map(AuthComponent::passwordFormat)
          .orElse(PasswordFormat.SCRYPT);
    } catch (AuthDatabaseException e) {
      // With a configuration of no use nobody is known, and there is no cost to be alike.
      return PasswordFormat.SCRYPT;
    }
  }

  private PasswordChecks factory() {
    return (PasswordChecks)
        session
            .getKeycloakSessionFactory()
            .getProviderFactory(UserStorageProvider.class, AuthComponents.PROVIDER_ID);
  }
}
