// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.accesstier.keycloak.matrix.MatrixLinks;
import dev.accesstier.keycloak.matrix.MatrixProofs;
import dev.accesstier.keycloak.rest.BearerCaller;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.MatrixBot;
import dev.accesstier.keycloak.rest.MatrixLinking;
import dev.accesstier.keycloak.rest.admin.FoundUser;
import dev.accesstier.keycloak.schema.AuthMatrixLinks.Link;
import dev.accesstier.keycloak.schema.AuthMatrixLinks.Made;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.AccountRoles;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.services.ErrorResponse;

/**
 * {@code …/access-tier/matrix-links}: a person's Matrix accounts, linked with the homeserver's word
 * for it; bots ask whose an account is.
 */
public final class MatrixLinksResource {

  private static final int MOST_BYTES = 16 * 1024;
  private static final String[] METHODS = {"GET", "POST", "DELETE"};

  private final KeycloakSession session;

  MatrixLinksResource(KeycloakSession session) {
    this.session = session;
  }

  /**
   * A link.
   *
   * @param linkedAt ISO 8601 in UTC, as is
   * @param lastUsedAt which is null where no bot has asked yet
   */
  record Linked(String matrixUserId, String linkedAt, @Nullable String lastUsedAt) {

    static Linked of(Link link) {
      return new Linked(
          link.matrixUserId(),
          link.linkedAt().toString(),
          link.lastUsedAt() == null ? null : link.lastUsedAt().toString());
    }
  }

  @GET
  @Path("")
  public Response own() {
    BearerCaller caller = person(AccountRoles.VIEW_PROFILE);
    return Json.ok(new MatrixLinks(session).of(caller.user()).stream().map(Linked::of).toList());
  }

  @POST
  @Path("")
  public Response link(@Nullable InputStream body) {
    BearerCaller caller = BearerCaller.require(session, METHODS);
    ObjectNode said = Json.read(body, ObjectNode.class, MOST_BYTES);
    if (MatrixBot.is(caller)) {
      UserModel user =
          FoundUser.byId(session, caller.realm(), text(said, "userId"))
              .orNone()
              .orElseThrow(() -> new NotFoundException("User not found"));
      return link(MatrixLinking.of(session, user), matrixId(said));
    }
    requireAccount(caller, AccountRoles.MANAGE_ACCOUNT);
    MatrixLinking linking = MatrixLinking.of(session, caller.user());
    MatrixProofs proofs = new MatrixProofs(session);
    String server = text(said, "matrix_server_name");
    String token = text(said, "access_token");
    if (!proofs.allows(server)) {
      throw ErrorResponse.error("This homeserver is not allowed here", Status.FORBIDDEN);
    }
    return link(
        linking,
        proofs
            .owner(server, token)
            .orElseThrow(() -> Json.bad("The homeserver does not confirm this account")));
  }

  @GET
  @Path("{matrixUserId}")
  public Response owner(@PathParam("matrixUserId") String matrixUserId) {
    return Json.ok(MatrixBot.require(session, METHODS).person(matrixUserId));
  }

  @DELETE
  @Path("{matrixUserId}")
  public Response unlink(@PathParam("matrixUserId") String matrixUserId) {
    BearerCaller caller = person(AccountRoles.MANAGE_ACCOUNT);
    MatrixLinking.of(session, caller.user()).remove(matrixUserId);
    return Response.noContent().build();
  }

  private BearerCaller person(String role) {
    BearerCaller caller = BearerCaller.require(session, METHODS);
    requireAccount(caller, role);
    return caller;
  }

  private static void requireAccount(BearerCaller caller, String role) {
    if (!caller.reachesAccount(role)) {
      throw caller.insufficientScope(
          "The token must be for the client account, with its role " + role, METHODS);
    }
  }

  private static Response link(MatrixLinking linking, String matrixUserId) {
    Made made = linking.put(matrixUserId);
    return Response.status(made.isNew() ? Status.CREATED : Status.OK)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(Json.text(Linked.of(made.link())))
        .build();
  }

  private static String matrixId(ObjectNode said) {
    String id = text(said, "matrixUserId");
    if (!MatrixLinks.isId(id)) {
      throw Json.bad("Field 'matrixUserId' must be an id of Matrix");
    }
    return id;
  }

  private static String text(ObjectNode said, String field) {
    if (!said.path(field).isTextual()) {
      throw Json.bad("Field '" + field + "' must be a text");
    }
    return said.path(field).textValue();
  }
}
