// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.legacy;

import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.gate.BearerChallenge;
import dev.accesstier.keycloak.people.TierUsers;
import dev.accesstier.keycloak.rest.BearerCaller;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.RequestParameters;
import dev.accesstier.keycloak.rest.admin.AdminRequest;
import dev.accesstier.keycloak.rest.admin.FoundUser;
import dev.accesstier.keycloak.rest.admin.UserList;
import dev.accesstier.keycloak.rest.admin.UserTier;
import dev.accesstier.keycloak.rest.admin.UserTierChange;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.cors.Cors;
import org.keycloak.storage.StorageId;

/**
 * The API of the original service, with its paths, its answers and the order of its checks: the
 * token, the role, the tier, the user. Ids are those of {@code auth.users}, as they always were.
 */
public final class LegacyResource {

  private static final int MOST = 1000;

  private final KeycloakSession session;

  public LegacyResource(KeycloakSession session) {
    this.session = session;
  }

  record Wanted(@Nullable String tier, @Nullable String reason) {}

  record Problem(String error, String message) {}

  /** {@code count} is the number of rows in this answer. */
  record Listed(List<OriginalUser> users, int count) {}

  /** A user as the original service lists them. */
  record OriginalUser(
      String id,
      @Nullable String email,
      String name,
      String role,
      String accessTier,
      String createdAt) {

    static OriginalUser of(TierUsers.Row row) {
      return new OriginalUser(
          StorageId.externalId(row.id()),
          row.email(),
          row.name(),
          row.role(),
          row.tier().value(),
          UserList.iso(row.createdAt()));
    }
  }

  @GET
  @Path("")
  public Response users(
      @QueryParam("tier") @Nullable String tier,
      @QueryParam("limit") @Nullable String limit,
      @QueryParam("offset") @Nullable String offset) {
    AdminRequest admin = admin("GET");
    if (!admin.may().mayListUsers()) {
      throw forbidden();
    }
    TierUsers.Filter filter =
        TierUsers.Filter.ofTier(tier == null || tier.isEmpty() ? null : known(tier));
    RequestParameters.Page page = RequestParameters.Page.of(offset, limit, 50, MOST);
    List<OriginalUser> users =
        new TierUsers(session, admin.realm(), admin.may().visibleUsers())
            .list(filter, TierUsers.Sorting.DEFAULT, page.first(), page.max()).stream()
                .map(OriginalUser::of)
                .toList();
    return Json.ok(new Listed(users, users.size()));
  }

  @OPTIONS
  @Path("{any:.*}")
  public Response preflight() {
    return BearerCaller.preflight();
  }

  @GET
  @Path("{id}/tier")
  public Response tier(@PathParam("id") String id) {
    AdminRequest admin = admin("GET", "PUT");
    UserModel user = user(admin, id);
    if (!admin.may().mayView(user)) {
      throw forbidden();
    }
    return Json.ok(original(UserTier.of(admin, user)));
  }

  @PUT
  @Path("{id}/tier")
  public Response changeTier(@PathParam("id") String id, @Nullable InputStream body) {
    AdminRequest admin = admin("GET", "PUT");
    Wanted wanted = Json.read(body, Wanted.class);
    AccessTier tier = known(wanted.tier());
    UserModel user = user(admin, id);
    if (!admin.may().mayManage(user)) {
      throw forbidden();
    }
    UserTier changed =
        UserTierChange.change(admin, user, tier, wanted.reason(), ChangeSource.LEGACY);
    return Json.ok(new UserTier.Changed(true, original(changed)));
  }

  /** Whoever may at least ask for users counts as an admin; each user is checked by itself. */
  private AdminRequest admin(String... methods) {
    BearerCaller caller = BearerCaller.of(session).orElseThrow(this::unauthorized);
    caller.allowOrigin(methods);
    AdminRequest admin = AdminRequest.of(caller);
    if (!admin.may().mayAskForUsers()) {
      throw forbidden();
    }
    return admin;
  }

  private UserModel user(AdminRequest admin, String id) {
    Optional<UserModel> user = FoundUser.byId(session, admin.realm(), id).orNone();
    return user.orElseThrow(() -> problem(404, "Not found", "User not found"));
  }

  private static AccessTier known(@Nullable String text) {
    return AccessTier.parse(text)
        .orElseThrow(() -> problem(400, "Invalid tier", RequestParameters.UNKNOWN_TIER));
  }

  private static UserTier original(UserTier answer) {
    return new UserTier(StorageId.externalId(answer.id()), answer.email(), answer.accessTier());
  }

  private static ErrorResponseException forbidden() {
    return problem(403, "Forbidden", "Admin access required");
  }

  /** What the original answers, with the header that says which kind of token is wanted. */
  private ErrorResponseException unauthorized() {
    Cors.builder().allowAllOrigins().exposedHeaders(HttpHeaders.WWW_AUTHENTICATE).auth().add();
    return new ErrorResponseException(
        problemAnswer(401, "Unauthorized", "Bearer token required")
            .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.header(session, null, null))
            .build());
  }

  private static ErrorResponseException problem(int status, String error, String message) {
    return new ErrorResponseException(problemAnswer(status, error, message).build());
  }

  private static Response.ResponseBuilder problemAnswer(int status, String error, String message) {
    return Response.status(status)
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(Json.text(new Problem(error, message)));
  }
}
