// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.matrix;

import dev.accesstier.keycloak.tier.UserTiers;
import dev.accesstier.keycloak.token.BegunSession;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.OAuthErrorException;
import org.keycloak.authentication.authenticators.util.AuthenticatorUtils;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionModel.SessionPersistenceState;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeBase;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.managers.BruteForceProtector;

/**
 * A bot's token for the person behind a Matrix account: five minutes, without a refresh token, and
 * never with roles that administer anything or the account. The gate asks as at every grant.
 */
public final class MatrixUserGrant extends OAuth2GrantTypeBase {

  /** The grant type. */
  public static final String TYPE = "urn:accesstier:grant-type:matrix-user";

  /** Whose account it is. */
  public static final String PARAMETER = "matrix_user_id";

  private static final int SECONDS = 300;

  /** Of the session, in Keycloak's events. */
  private static final String METHOD = "matrix-user";

  @Override
  public EventType getEventType() {
    return EventType.OAUTH2_EXTENSION_GRANT;
  }

  @Override
  public Set<String> getTokenParameterNames() {
    return Set.of();
  }

  @Override
  protected boolean useRefreshToken() {
    return false;
  }

  @Override
  public Response process(Context given) {
    setContext(given);
    if (!MatrixBots.include(session, client) || isMaster()) {
      throw refused(
          OAuthErrorException.UNAUTHORIZED_CLIENT,
          "The client must be confidential, with the role matrix-links for its service account",
          Errors.NOT_ALLOWED);
    }
    String id = formParams.getFirst(PARAMETER);
    if (id == null || !MatrixLinks.isId(id)) {
      throw refused(
          OAuthErrorException.INVALID_REQUEST,
          "The parameter matrix_user_id must be an id of Matrix",
          Errors.INVALID_REQUEST);
    }
    Optional<MatrixLinks.Owner> owner = new MatrixLinks(session).owner(id);
    if (owner.isEmpty()) {
      throw refused(
          OAuthErrorException.INVALID_GRANT,
          "This Matrix account is linked to nobody",
          Errors.USER_NOT_FOUND);
    }
    UserModel user = owner.get().user();
    event.user(user).detail(Details.USERNAME, user.getUsername());
    requireGood(user);
    Response answer = answer(user);
    owner.get().touch();
    return answer;
  }

  private Response answer(UserModel user) {
    String scope = getRequestedScopes();
    ClientSessionContext within =
        BegunSession.of(session, user, scope, METHOD, SessionPersistenceState.TRANSIENT);
    if (within.isOfflineTokenRequested()) {
      throw refused(
          OAuthErrorException.INVALID_SCOPE,
          "offline_access is not for bots",
          Errors.INVALID_REQUEST);
    }
    UserSessionModel userSession = within.getClientSession().getUserSession();
    event.session(userSession);
    TokenManager.AccessTokenResponseBuilder builder =
        createTokenResponseBuilder(user, userSession, within, scope, null);
    BotTokens.narrow(builder.getAccessToken());
    Stream.of(builder.getAccessToken(), builder.getIdToken())
        .filter(Objects::nonNull)
        .forEach(MatrixUserGrant::shorten);
    AccessTokenResponse answer = builder.build();
    event.success();
    return cors.add(Response.ok(answer, MediaType.APPLICATION_JSON_TYPE));
  }

  /** As the row is now: the user may come out of Keycloak's cache. */
  private void requireGood(UserModel user) {
    boolean disabled = !user.isEnabled() || new UserTiers(session).isDeleted(realm, user);
    String locked =
        disabled
            ? null
            : AuthenticatorUtils.getDisabledByBruteForceEventError(
                session.getProvider(BruteForceProtector.class), session, realm, user);
    if (disabled || locked != null) {
      throw refused(
          OAuthErrorException.INVALID_GRANT,
          "The person may not sign in",
          disabled ? Errors.USER_DISABLED : locked);
    }
    if (reachesAdministration(user)) {
      throw refused(
          OAuthErrorException.INVALID_SCOPE,
          "The client's scope reaches roles with which this person administers the realm: turn off"
              + " its full scope",
          Errors.NOT_ALLOWED);
    }
  }

  /**
   * Keycloak's admin API asks what the user has and what the client may have, and not what the
   * token says, so to leave a role out of the token would not be enough.
   */
  private boolean reachesAdministration(UserModel user) {
    ClientModel management = realm.getClientByClientId(Constants.REALM_MANAGEMENT_CLIENT_ID);
    return management != null
        && management
            .getRolesStream()
            .anyMatch(role -> client.hasScope(role) && user.hasRole(role));
  }

  private boolean isMaster() {
    return realm.getName().equals(Config.getAdminRealm());
  }

  private static void shorten(JsonWebToken token) {
    long end = Time.currentTime() + (long) SECONDS;
    Long said = token.getExp();
    token.exp(said == null ? end : Math.min(said, end));
  }

  /** With all undone that was begun here. */
  private CorsErrorResponseException refused(
      String error, String description, @Nullable String eventError) {
    event.detail(Details.REASON, description);
    event.error(eventError);
    session.getTransactionManager().setRollbackOnly();
    return new CorsErrorResponseException(cors, error, description, Status.BAD_REQUEST);
  }
}
