// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.legacy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.accesstier.keycloak.matrix.MatrixLinks;
import dev.accesstier.keycloak.matrix.MatrixUserGrant;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.MatrixBot;
import dev.accesstier.keycloak.rest.MatrixLinking;
import dev.accesstier.keycloak.rest.admin.FoundUser;
import dev.accesstier.keycloak.tier.TierGate;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.OIDCAdvancedConfigWrapper;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.cors.Cors;

/**
 * What bots asked the original service for, with the bearer token of a service account in the place
 * of the key that all of them shared. A link is never moved from one person to another.
 */
public final class LegacyMatrixResource {

  private static final String[] METHODS = {"GET", "POST", "DELETE"};

  private final KeycloakSession session;

  public LegacyMatrixResource(KeycloakSession session) {
    this.session = session;
  }

  /** A link that is to be made. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Wanted(@Nullable String matrixUserId, @Nullable String userId) {}

  record Done(boolean success, String message) {}

  record Known(boolean linked) {}

  record Session(String token, @Nullable String email) {}

  @POST
  @Path("matrix-user-links")
  public Response link(@Nullable InputStream body) {
    RealmModel realm = MatrixBot.require(session, METHODS).caller().realm();
    Wanted wanted = Json.read(body, Wanted.class);
    String id = wanted.matrixUserId();
    if (id == null || !MatrixLinks.isId(id) || wanted.userId() == null) {
      throw Json.bad("Fields 'matrixUserId' and 'userId' are needed");
    }
    UserModel user =
        FoundUser.byId(session, realm, wanted.userId())
            .orNone()
            .orElseThrow(() -> new NotFoundException("User not found"));
    MatrixLinking.of(session, user).put(id);
    return Response.status(Status.CREATED)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(Json.text(new Done(true, "Matrix user " + id + " linked successfully")))
        .build();
  }

  @DELETE
  @Path("matrix-user-links/{matrixUserId}")
  public Response unlink(@PathParam("matrixUserId") String id) {
    MatrixBot.require(session, METHODS);
    MatrixLinking.of(session, owner(id)).remove(id);
    return Json.ok(new Done(true, "Matrix user " + id + " unlinked successfully"));
  }

  @GET
  @Path("matrix-user-links/check/{matrixUserId}")
  public Response check(@PathParam("matrixUserId") String id) {
    MatrixBot.require(session, METHODS);
    return Json.ok(new Known(new MatrixLinks(session).owner(id).isPresent()));
  }

  /** A token of the grant for bots, made for the bot's own client. */
  @GET
  @Path("matrix-session/{matrixUserId}")
  public Response token(@PathParam("matrixUserId") String id) {
    MatrixBot bot = MatrixBot.require(session, METHODS);
    ClientModel client = bot.caller().client();
    UserModel user = owner(id);
    OIDCAdvancedConfigWrapper config = OIDCAdvancedConfigWrapper.fromClientModel(client);
    if (config.isUseMtlsHokToken() || config.isUseDPoP()) {
      throw Json.bad(
          "This client's tokens are bound to a key: use the grant at the token endpoint");
    }
    if (new TierGate(session).refusal(bot.caller().realm(), client, user).isPresent()) {
      throw ErrorResponse.error(
          "The person's access tier does not reach this client", Status.FORBIDDEN);
    }
    Response answer = new MatrixUserGrant().process(request(client, id));
    String token = ((AccessTokenResponse) answer.getEntity()).getToken();
    return Json.ok(new Session(token, user.getEmail()));
  }

  private OAuth2GrantType.Context request(ClientModel client, String id) {
    session.getContext().setClient(client);
    MultivaluedMap<String, String> form = new MultivaluedHashMap<>();
    form.putSingle(OAuth2Constants.GRANT_TYPE, MatrixUserGrant.TYPE);
    form.putSingle(MatrixUserGrant.PARAMETER, id);
    return new OAuth2GrantType.Context(
        session,
        OIDCAdvancedConfigWrapper.fromClientModel(client),
        Map.of(),
        form,
        new EventBuilder(
                session.getContext().getRealm(), session, session.getContext().getConnection())
            .event(EventType.OAUTH2_EXTENSION_GRANT)
            .client(client),
        Cors.builder().auth().allowedMethods("GET").checkAllowedOrigins(session, client),
        new TokenManager());
  }

  private UserModel owner(String id) {
    return new MatrixLinks(session)
        .owner(id)
        .map(MatrixLinks.Owner::user)
        .orElseThrow(() -> new NotFoundException("This Matrix account is linked to nobody"));
  }
}
