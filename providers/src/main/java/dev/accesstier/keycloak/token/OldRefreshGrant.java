// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.token;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionModel.SessionPersistenceState;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.RefreshTokenGrantType;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;
import org.keycloak.services.clientpolicy.context.TokenRefreshResponseContext;

/**
 * Keycloak's refresh grant, which also takes a refresh token of the old service, once, for tokens
 * of the same client and user with no more than the same scopes. All else goes to Keycloak
 * unchanged.
 *
 * <p>The token is taken out of its table last: whoever is refused before keeps it. Of two requests
 * at once one finds it gone and is undone.
 */
final class OldRefreshGrant extends RefreshTokenGrantType {

  /** Of the session, in Keycloak's console. */
  private static final String METHOD = "refresh token of the old service";

  @Override
  public Response process(Context given) {
    setContext(given);
    OldTokens tokens = new OldTokens(session, realm);
    String token = formParams.getFirst(OAuth2Constants.REFRESH_TOKEN);
    Optional<OldToken> old =
        tokens
            .refreshToken(token)
            .filter(found -> found.row().clientId().equals(client.getClientId()));
    Optional<UserModel> user = old.flatMap(found -> found.user(session, realm, client));
    // Of what is not known Keycloak says the same as of any other.
    return old.isEmpty() || user.isEmpty()
        ? super.process(given)
        : exchange(tokens, old.get(), String.valueOf(token), user.get());
  }

  private Response exchange(OldTokens tokens, OldToken old, String token, UserModel user) {
    event.user(user).detail(Details.USERNAME, user.getUsername());
    event.detail(OldTokens.EVENT_DETAIL, "true");
    String scope = scope(old, user);
    try {
      session.clientPolicy().triggerOnEvent(new TokenRefreshContext(formParams, client, scope));
    } catch (ClientPolicyException e) {
      event.detail(Details.CLIENT_POLICY_ERROR, e.getError());
      throw refused(e.getError(), e.getErrorDetail(), e.getError());
    }
    ClientSessionContext within =
        BegunSession.of(session, user, scope, METHOD, SessionPersistenceState.PERSISTENT);
    if (lacksConsent(user, within)) {
      throw refused(
          OAuthErrorException.INVALID_GRANT,
          "The user has not consented to this client",
          Errors.CONSENT_DENIED);
    }
    UserSessionModel userSession = within.getClientSession().getUserSession();
    event.session(userSession);
    AccessTokenResponse answer =
        createTokenResponseBuilder(
                user,
                userSession,
                within,
                scope,
                builder -> new TokenRefreshResponseContext(formParams, builder))
            .build();
    if (!tokens.use(old, token)) {
      throw refused(
          OAuthErrorException.INVALID_GRANT, "Invalid refresh token", Errors.INVALID_TOKEN);
    }
    event.success();
    return cors.add(Response.ok(answer, MediaType.APPLICATION_JSON_TYPE));
  }

  /**
   * What was granted, or the part of it that the app asks for, as far as the client may have it.
   */
  private String scope(OldToken old, UserModel user) {
    Set<String> granted = words(old.row().scopes());
    Set<String> wanted = words(formParams.getFirst(OAuth2Constants.SCOPE));
    if (!granted.containsAll(wanted)) {
      throw refused(
          OAuthErrorException.INVALID_SCOPE,
          "The refresh token was not granted these scopes",
          Errors.INVALID_REQUEST);
    }
    return (wanted.isEmpty() ? granted : wanted)
        .stream()
            .filter(one -> TokenManager.isValidScope(session, one, client, user))
            .collect(Collectors.joining(" "));
  }

  private static Set<String> words(@Nullable String scopes) {
    Set<String> words = new LinkedHashSet<>();
    if (scopes != null) {
      Arrays.stream(scopes.split("[ ,]", -1)).filter(one -> !one.isEmpty()).forEach(words::add);
    }
    return words;
  }

  /** As Keycloak looks at each refresh that comes later. */
  private boolean lacksConsent(UserModel user, ClientSessionContext within) {
    if (!client.isConsentRequired()) {
      return false;
    }
    UserConsentModel consent =
        session.users().getConsentByClient(realm, user.getId(), client.getId());
    return within
        .getClientScopesStream()
        .filter(ClientScopeModel::isDisplayOnConsentScreen)
        .anyMatch(scope -> consent == null || !consent.isClientScopeGranted(scope));
  }

  /** With all undone that was begun here. */
  private CorsErrorResponseException refused(
      @Nullable String error, @Nullable String description, @Nullable String eventError) {
    event.detail(Details.REASON, description);
    event.error(eventError);
    session.getTransactionManager().setRollbackOnly();
    return new CorsErrorResponseException(cors, error, description, Status.BAD_REQUEST);
  }
}
