// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

import dev.accesstier.keycloak.tier.RequiredTier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelValidationException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.RepresentationToModel;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyEvent;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.context.AdminClientRegisterContext;
import org.keycloak.services.clientpolicy.context.AdminClientRegisteredContext;
import org.keycloak.services.clientpolicy.context.AdminClientUpdateContext;
import org.keycloak.services.clientpolicy.context.AdminClientUpdatedContext;
import org.keycloak.services.managers.ClientManager;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.validation.ValidationUtil;

/**
 * Makes clients of apps, one after the other, under the realm's client policies. A refusal marks
 * the session's transaction for rollback: give each app a session of its own.
 */
public final class ApplicationImport {

  /** The client scope with which tokens have the {@code sub} that the old service gave. */
  public static final String SCOPE = "mana-claims";

  private final KeycloakSession session;
  private final RealmModel realm;
  private final @Nullable AdminAuth admin;

  /**
   * @param admin who asks for it; null where nobody does
   */
  public ApplicationImport(KeycloakSession session, RealmModel realm, @Nullable AdminAuth admin) {
    this.session = session;
    this.realm = realm;
    this.admin = admin;
  }

  /** What became of an app. */
  public enum Outcome {
    /** A client was made. */
    NEW,
    /** The client was given what the app has become. */
    CHANGED,
    /** The client is as the app is. */
    SAME,
    /** There is a client of that id which is not to be touched. */
    CONFLICTING,
    /** The app can become no client. */
    REFUSED
  }

  /**
   * The answer.
   *
   * @param reason or what an admin should know; null where there is nothing to say
   * @param client null where there is none of the app
   */
  public record Result(Outcome outcome, @Nullable String reason, @Nullable ClientModel client) {}

  /**
   * Makes or changes the client of an app.
   *
   * @param trusted whether users are not asked for consent; false leaves a client that is there as
   *     it is
   */
  public Result take(OldApplications.Found found, boolean trusted) {
    OldApplication app;
    try {
      app = OldApplication.of(found.row(), found.cipher());
    } catch (UnusableApplicationException e) {
      return refused("It " + e.getMessage());
    }
    if (isKeycloaksOwn(app.clientId())) {
      return new Result(
          Outcome.CONFLICTING, "It has the id of one of Keycloak's own clients", null);
    }
    ClientModel client = realm.getClientByClientId(app.clientId());
    try {
      return client == null ? made(app, trusted) : changed(app, client, trusted);
    } catch (ClientPolicyException e) {
      return refused("A client policy of the realm refuses it: " + e.getErrorDetail());
    } catch (ModelValidationException e) {
      return refused("Keycloak refuses it: " + e.getMessage());
    }
  }

  private Result made(OldApplication app, boolean trusted) throws ClientPolicyException {
    ClientRepresentation wanted = ImportedClient.made(app, trusted);
    session.clientPolicy().triggerOnEvent(registering(wanted));
    ClientModel client = ClientManager.createClient(session, realm, wanted);
    askForScopes(client);
    scopes().forEach(scope -> client.addClientScope(scope, true));
    validate(client, true);
    session.getContext().setClient(client);
    if (admin != null) {
      session.clientPolicy().triggerOnEvent(new AdminClientRegisteredContext(client, admin));
    }
    new ImportedClient(client).note(app);
    return new Result(Outcome.NEW, notes(app), client);
  }

  private Result changed(OldApplication app, ClientModel client, boolean trusted)
      throws ClientPolicyException {
    ImportedClient imported = new ImportedClient(client);
    if (!imported.isOne()) {
      return new Result(
          Outcome.CONFLICTING, "A client of that id is there, made by somebody else", null);
    }
    if (!imported.isAsImported()) {
      return new Result(
          Outcome.CONFLICTING, "The client was changed in Keycloak since its import", null);
    }
    boolean nowTrusted = trusted && client.isConsentRequired();
    if (imported.isOf(app) && !nowTrusted) {
      return new Result(Outcome.SAME, null, client);
    }
    ClientRepresentation wanted = imported.changed(app);
    if (nowTrusted) {
      wanted.setConsentRequired(false);
    }
    session.clientPolicy().triggerOnEvent(updating(wanted, client));
    RepresentationToModel.updateClient(wanted, client, session);
    validate(client, false);
    if (admin != null) {
      session.clientPolicy().triggerOnEvent(new AdminClientUpdatedContext(wanted, client, admin));
    }
    imported.note(app);
    return new Result(Outcome.CHANGED, notes(app), client);
  }

  private ClientPolicyContext registering(ClientRepresentation wanted) {
    return admin == null
        ? new UnattendedContext(ClientPolicyEvent.REGISTER, wanted, null)
        : new AdminClientRegisterContext(wanted, admin);
  }

  private ClientPolicyContext updating(ClientRepresentation wanted, ClientModel client) {
    return admin == null
        ? new UnattendedContext(ClientPolicyEvent.UPDATE, wanted, client)
        : new AdminClientUpdateContext(wanted, client, admin);
  }

  private void validate(ClientModel client, boolean create) {
    ValidationUtil.validateClient(
        session,
        client,
        create,
        result -> {
          throw new ModelValidationException(result.getAllErrorsAsString());
        });
  }

  /**
   * What a user is asked to allow is given when the app asks for it, as it was there: otherwise
   * nobody's consent would be enough.
   */
  private static void askForScopes(ClientModel client) {
    client.getClientScopes(true).values().stream()
        .filter(ClientScopeModel::isDisplayOnConsentScreen)
        .toList()
        .forEach(
            scope -> {
              client.removeClientScope(scope);
              client.addClientScope(scope, false);
            });
  }

  private Stream<ClientScopeModel> scopes() {
    return realm.getClientScopesStream().filter(scope -> SCOPE.equals(scope.getName()));
  }

  private Result refused(String reason) {
    session.getTransactionManager().setRollbackOnly();
    return new Result(Outcome.REFUSED, reason, null);
  }

  /** Those of every realm, and of realm master the one of each realm, which may come later. */
  private static boolean isKeycloaksOwn(String clientId) {
    return RequiredTier.EXEMPT_CLIENTS.contains(clientId) || clientId.endsWith("-realm");
  }

  private static @Nullable String notes(OldApplication app) {
    return app.notes().isEmpty() ? null : String.join(" ", app.notes());
  }

  /** The client ids of all clients that were imported. */
  public static Stream<String> imported(RealmModel realm) {
    return realm
        .getClientsStream()
        .filter(client -> new ImportedClient(client).isOne())
        .map(ClientModel::getClientId);
  }
}
