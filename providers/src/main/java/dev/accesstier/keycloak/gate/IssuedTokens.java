// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.tier.RealmTierSettings;
import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.TierRefusal;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.ErrorResponseException;

/** Looks again at a token that was issued when its user still had the tier. */
final class IssuedTokens {

  private IssuedTokens() {}

  static boolean areChecked(RealmModel realm) {
    return RealmTierSettings.of(realm).checkIssuedTokens();
  }

  /**
   * The last of the checks of an introspection: the user is still there and still reaches the
   * client the token was issued to and the one that asks. If not, it ends the event, as Keycloak's
   * own checks do.
   */
  static boolean stillOpen(
      KeycloakSession session, EventBuilder event, ClientModel issuedFor, UserModel user) {
    RealmModel realm = session.getContext().getRealm();
    if (DeletedUsers.include(session, realm, user)) {
      event.error(Errors.USER_DISABLED);
      return false;
    }
    if (!areChecked(realm)) {
      return true;
    }
    TierGate gate = new TierGate(session);
    Optional<TierRefusal> refusal =
        Stream.of(issuedFor, session.getContext().getClient())
            .flatMap(client -> gate.refusal(realm, client, user).stream())
            .findFirst();
    refusal.ifPresent(
        found -> {
          found.describe(event).error(Errors.ACCESS_DENIED);
          Refusals.count(session, RefusalPoint.INTROSPECTION, found);
        });
    return refusal.isEmpty();
  }

  /** What an introspection may tell of the token: nothing that belongs to closed apps. */
  static <T extends AccessToken> T cleaned(KeycloakSession session, T token, UserModel user) {
    if (areChecked(session.getContext().getRealm())) {
      ClosedApps.of(session, user).leaveOutOf(token);
    }
    return token;
  }

  /**
   * Keeps an outage an outage: Keycloak's introspection wraps every exception, and its endpoint
   * answers 400 to all but the one thrown here.
   */
  static Response unlessUnavailable(Supplier<Response> introspection) {
    try {
      return introspection.get();
    } catch (RuntimeException e) {
      if (e instanceof TemporarilyUnavailableException
          || e.getCause() instanceof TemporarilyUnavailableException) {
        throw new ErrorResponseException(
            TemporarilyUnavailableException.ERROR,
            TemporarilyUnavailableException.DESCRIPTION,
            Status.SERVICE_UNAVAILABLE);
      }
      throw e;
    }
  }
}
