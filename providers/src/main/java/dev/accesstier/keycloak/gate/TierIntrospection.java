package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.TemporarilyUnavailableException;
import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.TierRefusal;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.ErrorResponseException;

/**
 * Keycloak's introspection with one more check: a token is not active once its user fell below the
 * tier of the client it was issued to, or of the client that asks.
 */
final class TierIntrospection extends AccessTokenIntrospectionProvider<AccessToken> {

  TierIntrospection(KeycloakSession session) {
    super(session);
  }

  @Override
  public Response introspect(String token, EventBuilder event) {
    try {
      return super.introspect(token, event);
    } catch (RuntimeException e) {
      if (e.getCause() instanceof TemporarilyUnavailableException) {
        throw unavailable();
      }
      throw e;
    }
  }

  @Override
  protected boolean introspectionChecks(String tokenText) {
    return super.introspectionChecks(tokenText) && userStillReachesTier();
  }

  private boolean userStillReachesTier() {
    if (!IssuedTokens.areChecked(realm)) {
      return true;
    }
    TierGate gate = new TierGate(session);
    Optional<TierRefusal> refusal =
        Stream.of(client, session.getContext().getClient())
            .flatMap(one -> gate.refusal(realm, one, user).stream())
            .findFirst();
    refusal.ifPresent(
        found -> {
          Refusals.describe(eventBuilder, found).error(Errors.ACCESS_DENIED);
          Refusals.count(session, Way.INTROSPECTION, found);
        });
    return refusal.isEmpty();
  }

  /** The introspection endpoint answers 400 to every other exception. */
  private static ErrorResponseException unavailable() {
    return new ErrorResponseException(
        TemporarilyUnavailableException.ERROR,
        TemporarilyUnavailableException.DESCRIPTION,
        Status.SERVICE_UNAVAILABLE);
  }
}
