// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import dev.accesstier.keycloak.rest.PackagedResources;
import dev.accesstier.keycloak.rest.RealmPath;
import dev.accesstier.keycloak.tier.RealmTierSettings;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.common.util.Encode;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocolService;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.AuthorizationCodeGrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.utils.PkceUtils;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.ErrorPage;
import org.keycloak.services.cors.Cors;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.messages.Messages;

/**
 * {@code …/access-tier/portal}: the apps that a person may enter, on a page. The server itself
 * signs the browser in, by code and PKCE as the client of the realm's overview, so the page needs
 * no script.
 */
public final class PortalResource {

  private static final Logger LOG = Logger.getLogger(PortalResource.class);

  private static final Map<String, String> TYPES =
      Map.of("js", "text/javascript", "css", "text/css");

  private static final String PATH = "portal";
  private static final String CALLBACK = "portal/callback";

  private final KeycloakSession session;
  private final RealmModel realm;
  private final PortalSession browser;

  PortalResource(KeycloakSession session) {
    this.session = session;
    this.realm = session.getContext().getRealm();
    this.browser = new PortalSession(session);
  }

  @GET
  @Path("")
  public Response page(
      @QueryParam("search") @Nullable String search,
      @QueryParam("signed-out") @Nullable String signedOut) {
    ClientModel portal = client();
    PortalPage page = new PortalPage(session, portal);
    Optional<UserSessionModel> current = browser.current(portal);
    if (current.isPresent()) {
      return page.apps(
          current.get().getUser(),
          search == null ? "" : search,
          browser.signOutToken(current.get()));
    }
    return signedOut == null ? login(portal) : page.signedOut();
  }

  @GET
  @Path("callback")
  public Response callback(
      @QueryParam("state") @Nullable String state,
      @QueryParam("code") @Nullable String code,
      @QueryParam("error") @Nullable String error) {
    ClientModel portal = client();
    Optional<PortalSession.Login> login =
        browser.login().filter(begun -> begun.state().equals(state));
    if (login.isEmpty()) {
      return failed(Messages.COOKIE_NOT_FOUND);
    }
    if (code == null) {
      // What Keycloak says when the person took too long: they are asked again.
      return OAuthErrorException.TEMPORARILY_UNAVAILABLE.equals(error)
          ? to(PATH).build()
          : failed(Messages.UNEXPECTED_ERROR_HANDLING_REQUEST);
    }
    return exchanged(portal, code, login.get())
        .map(id -> to(PATH).cookie(browser.enter(id), browser.end()).build())
        .orElseGet(() -> failed(Messages.EXPIRED_CODE));
  }

  /** Also the end of the session at Keycloak, and so of all apps that are told. */
  @POST
  @Path("sign-out")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  public Response signOut() {
    String token =
        session.getContext().getHttpRequest().getDecodedFormParameters().getFirst("token");
    Optional<UserSessionModel> current = browser.current(client());
    if (current.isPresent()) {
      if (!browser.isSignOutToken(token, current.get())) {
        return failed(Messages.INVALID_CODE);
      }
      AuthenticationManager.backchannelLogout(session, current.get(), true);
      AuthenticationManager.expireIdentityCookie(session);
    }
    return to(PATH + "?signed-out=true").cookie(browser.leave()).build();
  }

  @GET
  @Path("{file:[a-z]+[.](?:js|css)}")
  public Response file(@PathParam("file") String file) {
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    return PackagedResources.serve(session, "portal/" + file, String.valueOf(type));
  }

  private ClientModel client() {
    return Optional.ofNullable(realm.getClientByClientId(RealmTierSettings.of(realm).overview()))
        .filter(client -> client.isEnabled() && client.isPublicClient())
        .orElseThrow(NotFoundException::new);
  }

  private Response login(ClientModel portal) {
    PortalSession.Login login = PortalSession.Login.random();
    URI address =
        OIDCLoginProtocolService.authUrl(session.getContext().getUri())
            .queryParam(OAuth2Constants.CLIENT_ID, encoded(portal.getClientId()))
            .queryParam(OAuth2Constants.REDIRECT_URI, encoded(callback()))
            .queryParam(OAuth2Constants.RESPONSE_TYPE, OAuth2Constants.CODE)
            .queryParam(OAuth2Constants.SCOPE, OAuth2Constants.SCOPE_OPENID)
            .queryParam(OAuth2Constants.STATE, login.state())
            .queryParam(
                OIDCLoginProtocol.CODE_CHALLENGE_PARAM,
                PkceUtils.generateS256CodeChallenge(login.verifier()))
            .queryParam(
                OIDCLoginProtocol.CODE_CHALLENGE_METHOD_PARAM, OAuth2Constants.PKCE_METHOD_S256)
            .build(realm.getName());
    return Response.seeOther(address)
        .cookie(browser.begin(login))
        .header("Cache-Control", "no-store")
        .build();
  }

  /** The session that the code is of; the tokens themselves are not needed. */
  private Optional<String> exchanged(ClientModel portal, String code, PortalSession.Login login) {
    session.getContext().setClient(portal);
    MultivaluedMap<String, String> form = new MultivaluedHashMap<>();
    form.putSingle(OAuth2Constants.GRANT_TYPE, OAuth2Constants.AUTHORIZATION_CODE);
    form.putSingle(OAuth2Constants.CODE, code);
    form.putSingle(OAuth2Constants.REDIRECT_URI, callback());
    form.putSingle(OAuth2Constants.CODE_VERIFIER, login.verifier());
    EventBuilder event =
        new EventBuilder(realm, session, session.getContext().getConnection())
            .event(EventType.CODE_TO_TOKEN)
            .client(portal);
    try {
      Response answer =
          new AuthorizationCodeGrantType()
              .process(
                  new OAuth2GrantType.Context(
                      session,
                      OIDCAdvancedConfigWrapper.fromClientModel(portal),
                      Map.of(),
                      form,
                      event,
                      Cors.builder().auth().allowedMethods("GET"),
                      new TokenManager()));
      return Optional.ofNullable(((AccessTokenResponse) answer.getEntity()).getToken())
          .map(token -> session.tokens().decode(token, AccessToken.class))
          .map(AccessToken::getSessionId);
    } catch (CorsErrorResponseException e) {
      LOG.debug("A code for the portal was refused", e);
      return Optional.empty();
    }
  }

  private String callback() {
    return RealmPath.address(session, CALLBACK).toString();
  }

  private Response.ResponseBuilder to(String below) {
    return Response.seeOther(RealmPath.address(session, below)).header("Cache-Control", "no-store");
  }

  private Response failed(String message) {
    return ErrorPage.error(session, null, Status.BAD_REQUEST, message);
  }

  private static String encoded(String text) {
    return Encode.encodeQueryParamAsIs(text);
  }
}
