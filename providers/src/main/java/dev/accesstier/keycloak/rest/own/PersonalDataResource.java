// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.component.DeleteMode;
import dev.accesstier.keycloak.gate.BearerChallenge;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.personal.PersonalData;
import dev.accesstier.keycloak.rest.BearerCaller;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.PersonalDataAnswer;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.AccountRoles;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserManager;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.services.cors.Cors;
import org.keycloak.services.managers.AuthenticationManager;

/**
 * {@code …/access-tier/me/data}: what is stored about the caller, and the end of it; at the
 * original service's paths as well.
 */
public final class PersonalDataResource {

  /** How fresh a sign-in must be to erase the account. */
  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  private static final String[] METHODS = {"GET", "DELETE"};

  private final KeycloakSession session;

  PersonalDataResource(KeycloakSession session) {
    this.session = session;
  }

  /**
   * What became of an account.
   *
   * @param message as the original service had it
   * @param stays members of the export that still have entries; null when all is erased
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Erased(boolean success, boolean erased, String message, @Nullable List<String> stays) {}

  @GET
  @Path("")
  public Response summary() {
    return PersonalDataAnswer.summary(data(caller(AccountRoles.VIEW_PROFILE)));
  }

  @GET
  @Path("export")
  public Response export() {
    return PersonalDataAnswer.export(data(caller(AccountRoles.VIEW_PROFILE)));
  }

  @DELETE
  @Path("")
  public Response erase() {
    BearerCaller caller = caller(AccountRoles.DELETE_ACCOUNT);
    Optional<AuthComponent> component =
        TemporarilyUnavailableException.unless(
            session, () -> AuthComponents.enabledOf(session, caller.realm(), caller.user()));
    if (component.filter(found -> !found.writable()).isPresent()) {
      throw Json.readOnly("Accounts are read-only here");
    }
    requireFreshLogin(caller);
    PersonalData data = data(caller);
    remove(caller);
    return Json.ok(
        component.filter(found -> found.deleteMode() == DeleteMode.SOFT).isPresent()
            ? new Erased(true, false, "Account deleted; its data stays", data.members())
            : new Erased(true, true, "Account and all data deleted", null));
  }

  private BearerCaller caller(String role) {
    BearerCaller caller = BearerCaller.require(session, METHODS);
    if (!caller.reachesAccount(role)) {
      throw caller.insufficientScope(
          "The token must be for the client account, with its role " + role, METHODS);
    }
    return caller;
  }

  private PersonalData data(BearerCaller caller) {
    return new PersonalData(session, caller.realm(), caller.user());
  }

  private void requireFreshLogin(BearerCaller caller) {
    long age = Time.currentTime() - signedInAt(caller);
    if (age > MAX_AGE.toSeconds()) {
      throw BearerChallenge.freshLoginWanted(
          session,
          MAX_AGE,
          "Sign in again to erase the account",
          Cors.builder()
              .checkAllowedOrigins(session, caller.client())
              .allowedMethods(METHODS)
              .auth());
    }
  }

  /** As the token says, or else the session; seconds since 1970, 0 where neither knows. */
  private long signedInAt(BearerCaller caller) {
    Long said = caller.token().getAuth_time();
    if (said != null && said > 0) {
      return said;
    }
    String id = caller.token().getSessionId();
    UserSessionModel login =
        id == null ? null : session.sessions().getUserSession(caller.realm(), id);
    if (login == null) {
      return 0;
    }
    // A grant without a browser notes nothing: its session began with the password.
    String noted = login.getNote(AuthenticationManager.AUTH_TIME);
    return noted == null ? login.getStarted() : Long.parseLong(noted);
  }

  private void remove(BearerCaller caller) {
    UserModel user = caller.user();
    EventBuilder event =
        new EventBuilder(caller.realm(), session, session.getContext().getConnection())
            .event(EventType.DELETE_ACCOUNT)
            .client(caller.client())
            .user(user)
            .detail(Details.USERNAME, user.getUsername());
    if (!new UserManager(session).removeUser(caller.realm(), user)) {
      throw new IllegalStateException("The user has not been removed");
    }
    event.success();
  }
}
