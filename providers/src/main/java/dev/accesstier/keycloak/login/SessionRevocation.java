// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.database.AfterCommit;
import dev.accesstier.keycloak.schema.CredentialChange;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.credential.PasswordCredentialModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.storage.StorageId;

/**
 * Ends the sessions of Better Auth when Keycloak ends its own: all of them when a user signs out
 * everywhere, changes the password, is disabled or deleted; the one that began a Keycloak session,
 * or that the browser brings, when that is signed out: its cookie would sign in again at once.
 */
final class SessionRevocation implements EventListenerProvider {

  /** {@code users/<id>} and what an admin does there. */
  private static final Pattern USER = Pattern.compile("users/([^/]+)(/logout|/reset-password)?");

  private static final Pattern USER_SESSION = Pattern.compile("sessions/([^/]+)");
  private static final String EVERYONE = "logout-all";

  private final KeycloakSession session;

  SessionRevocation(KeycloakSession session) {
    this.session = session;
  }

  @Override
  public void onEvent(Event event) {
    String user = event.getUserId();
    if (user == null || event.getError() != null) {
      return;
    }
    switch (event.getType()) {
      case LOGOUT -> {
        RealmModel realm = realm(event.getRealmId());
        if (AuthComponents.enabledOf(session, realm, user).isPresent()) {
          endOne(realm, event.getSessionId());
          endBrought(realm, user);
        }
      }
      case UPDATE_CREDENTIAL -> {
        if (isPassword(event)) {
          endAll(realm(event.getRealmId()), user);
        }
      }
      case DELETE_ACCOUNT -> endAll(realm(event.getRealmId()), user);
      default -> {}
    }
  }

  @Override
  public void onEvent(AdminEvent event, boolean includeRepresentation) {
    String path = event.getResourcePath();
    if (event.getError() != null || path == null) {
      return;
    }
    RealmModel realm = realm(event.getRealmId());
    Matcher user = USER.matcher(path);
    Matcher userSession = USER_SESSION.matcher(path);
    if (user.matches() && endsSessions(realm, event.getOperationType(), user)) {
      endAll(realm, user.group(1));
    } else if (userSession.matches()
        && event.getOperationType() == OperationType.DELETE
        && AuthComponents.enabledIn(session, realm).findAny().isPresent()) {
      endOne(realm, userSession.group(1));
    } else if (EVERYONE.equals(path)) {
      AuthComponents.enabledIn(session, realm)
          .forEach(component -> later(out -> out.everyone(component)));
    }
  }

  private boolean endsSessions(RealmModel realm, OperationType operation, Matcher user) {
    return switch (operation) {
      case DELETE -> user.group(2) == null;
      case UPDATE ->
          user.group(2) == null
              && (CredentialChange.PASSWORD_CHANGED.happened(session, user.group(1))
                  || isDisabled(realm, user.group(1)));
      case ACTION -> user.group(2) != null;
      default -> false;
    };
  }

  private static boolean isPassword(Event event) {
    return event.getDetails() != null
        && PasswordCredentialModel.TYPE.equals(event.getDetails().get(Details.CREDENTIAL_TYPE));
  }

  private boolean isDisabled(RealmModel realm, String userId) {
    UserModel user = session.users().getUserById(realm, userId);
    return user != null && !user.isEnabled();
  }

  /** Those of the caller, while the request commits. */
  void endAllNow(RealmModel realm, UserModel caller) {
    AuthComponents.enabledOf(session, realm, caller)
        .ifPresent(
            component -> now(out -> out.all(component, StorageId.externalId(caller.getId()))));
  }

  /** Those of a user, by Keycloak's id. */
  private void endAll(RealmModel realm, String userId) {
    AuthComponents.enabledOf(session, realm, userId)
        .ifPresent(component -> later(out -> out.all(component, StorageId.externalId(userId))));
  }

  /** The one that began a user session, if any did. */
  private void endOne(RealmModel realm, @Nullable String userSessionId) {
    if (userSessionId == null) {
      return;
    }
    UserSessionModel found = session.sessions().getUserSession(realm, userSessionId);
    (found == null ? removed(realm, userSessionId) : Begun.of(found))
        .ifPresent(
            begun ->
                AuthComponents.enabledOf(session, realm, begun.userId())
                    .ifPresent(
                        component ->
                            later(
                                out ->
                                    out.one(
                                        component,
                                        StorageId.externalId(begun.userId()),
                                        begun.by()))));
  }

  /**
   * The one whose cookie the browser brings, where it would sign in again: signing out means it.
   */
  private void endBrought(RealmModel realm, String userId) {
    SessionCookieAuthenticatorFactory.cookieName(realm)
        .flatMap(cookie -> BroughtSession.of(session, realm, cookie))
        .filter(brought -> brought.session().userId().equals(StorageId.externalId(userId)))
        .ifPresent(
            brought ->
                later(
                    out ->
                        out.one(
                            brought.component(),
                            brought.session().userId(),
                            brought.session().id())));
  }

  /** Some ways remove the session first; until they commit, everyone else still sees it. */
  private Optional<Begun> removed(RealmModel realm, String id) {
    return KeycloakModelUtils.runJobInTransactionWithResult(
        session.getKeycloakSessionFactory(),
        other -> {
          RealmModel there = other.realms().getRealm(realm.getId());
          other.getContext().setRealm(there);
          return Optional.ofNullable(other.sessions().getUserSession(there, id)).flatMap(Begun::of);
        });
  }

  /** What a session of Better Auth has begun, and its id. */
  private record Begun(String userId, String by) {

    static Optional<Begun> of(UserSessionModel session) {
      return Optional.ofNullable(session.getNote(SessionCookieAuthenticator.SESSION_NOTE))
          .map(by -> new Begun(session.getUser().getId(), by));
    }
  }

  /** After the commit: an aborted request ends no session. */
  private void later(Consumer<EndedSessions> end) {
    AfterCommit.run(session, () -> now(end));
  }

  /** In a session of its own, because this one is closing. */
  private void now(Consumer<EndedSessions> end) {
    KeycloakModelUtils.runJobInTransaction(
        session.getKeycloakSessionFactory(), other -> end.accept(new EndedSessions(other)));
  }

  private RealmModel realm(String id) {
    return session.realms().getRealm(id);
  }

  @Override
  public void close() {
    // holds nothing
  }
}
