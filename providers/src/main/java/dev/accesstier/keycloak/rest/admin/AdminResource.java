// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.audit.TierTrail;
import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.TierChange;
import dev.accesstier.keycloak.change.TierSubject;
import dev.accesstier.keycloak.personal.PersonalData;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.PersonalDataAnswer;
import dev.accesstier.keycloak.rest.RequestParameters;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;

/** {@code /admin/realms/{realm}/access-tier}: what admins ask and change. */
public final class AdminResource {

  private static final int MOST = 1000;

  private final AdminRequest admin;

  AdminResource(AdminRequest admin) {
    this.admin = admin;
  }

  @GET
  @Path("users/{id}/tier")
  public Response tier(@PathParam("id") String id) {
    UserModel user = FoundUser.byId(admin, id);
    admin.may().requireView(user);
    return tagged(UserTier.of(admin, user));
  }

  private static Response tagged(UserTier tier) {
    return Response.fromResponse(Json.ok(tier))
        .header(HttpHeaders.ETAG, SeenValue.tag(tier.accessTier()))
        .build();
  }

  @PUT
  @Path("users/{id}/tier")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response changeTier(
      @PathParam("id") String id,
      @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
      @Nullable InputStream body) {
    UserModel user = FoundUser.byId(admin, id);
    admin.may().requireManage(user);
    UserTier.Wanted wanted = Json.read(body, UserTier.Wanted.class);
    AccessTier tier = RequestParameters.tier(wanted.tier());
    SeenValue seen = SeenValue.of(ifMatch, wanted.from());
    return Json.ok(
        new UserTier.Changed(
            true,
            seen.during(
                () ->
                    UserTierChange.change(
                        admin, user, tier, seen.tier(), wanted.reason(), ChangeSource.API))));
  }

  @GET
  @Path("users/{id}/tier/history")
  public Response history(
      @PathParam("id") String id,
      @QueryParam("first") @Nullable String first,
      @QueryParam("max") @Nullable String max) {
    RequestParameters.Page page = RequestParameters.Page.of(first, max, 50, MOST);
    Optional<UserModel> user = FoundUser.byId(admin.session(), admin.realm(), id).orNone();
    user.ifPresent(admin.may()::requireView);
    if (user.isEmpty() && !(admin.may().mayViewEveryone() && SessionUsers.storable(id))) {
      throw FoundUser.nobody(admin);
    }
    List<TierChange> changes =
        new TierTrail(admin.session(), admin.realm())
            .of(TierSubject.USER, user.map(UserModel::getId).orElse(id), page.first(), page.max());
    if (user.isEmpty() && changes.isEmpty()) {
      throw ApiError.USER_NOT_FOUND.exception();
    }
    return Json.ok(TrailEntry.of(admin, changes));
  }

  @GET
  @Path("users/{id}/data")
  public Response data(@PathParam("id") String id) {
    return PersonalDataAnswer.summary(viewed(id));
  }

  @GET
  @Path("users/{id}/data/export")
  public Response dataExport(@PathParam("id") String id) {
    return PersonalDataAnswer.export(viewed(id));
  }

  private PersonalData viewed(String id) {
    UserModel user = FoundUser.byId(admin, id);
    admin.may().requireView(user);
    return new PersonalData(admin.session(), admin.realm(), user);
  }

  @DELETE
  @Path("users/{id}/second-factor")
  public Response removeSecondFactor(
      @PathParam("id") String id, @QueryParam("reason") @Nullable String reason) {
    UserModel user = FoundUser.byId(admin, id);
    admin.may().requireManage(user);
    SecondFactorRemoval.of(admin, user, reason);
    return Response.noContent().build();
  }

  @GET
  @Path("users")
  public Response users(
      @Context UriInfo request,
      @QueryParam("sort") @Nullable String sort,
      @QueryParam("first") @Nullable String first,
      @QueryParam("max") @Nullable String max) {
    admin.may().requireListUsers();
    return Json.ok(
        UserList.of(
            admin,
            UserSearchParameters.of(request.getQueryParameters()).filter(),
            UserSearchParameters.sorting(sort),
            RequestParameters.Page.of(first, max, 50, MOST)));
  }

  @POST
  @Path("users/tier")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response changeTiers(@Nullable InputStream body) {
    admin.may().requireManageSomebody();
    return Json.ok(Json.read(body, BulkRequest.class).run(admin));
  }

  @GET
  @Path("users/tiers.csv")
  @Produces(TierCsv.TYPE)
  public Response exportTiers() {
    admin.may().requireListUsers();
    return Response.ok(TierCsv.export(admin), TierCsv.TYPE + "; charset=UTF-8")
        .header("Content-Disposition", "attachment; filename=\"tiers.csv\"")
        .build();
  }

  @POST
  @Path("users/tiers.csv")
  @Consumes(TierCsv.TYPE)
  public Response importTiers(
      @QueryParam("dryRun") @Nullable String dryRun, @Nullable InputStream body) {
    admin.may().requireManageSomebody();
    return Json.ok(TierCsv.change(admin, body, RequestParameters.flag("dryRun", dryRun)));
  }

  @GET
  @Path("clients")
  public Response clients(@QueryParam("open") @Nullable String open) {
    admin.may().requireListClients();
    admin.may().requireListUsers();
    return Json.ok(new ClientTiers(admin).list(RequestParameters.flag("open", open)));
  }

  @GET
  @Path("clients/{clientId}/listing")
  public Response listing(@PathParam("clientId") String clientId) {
    ClientModel client = new ClientTiers(admin).find(clientId);
    admin.may().requireView(client);
    return Json.ok(ClientListing.of(client));
  }

  @PUT
  @Path("clients/{clientId}/listing")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response changeListing(
      @PathParam("clientId") String clientId, @Nullable InputStream body) {
    ClientModel client = new ClientTiers(admin).find(clientId);
    admin.may().requireManage(client);
    return Json.ok(Json.read(body, ClientListing.class).save(admin, client));
  }

  @GET
  @Path("clients/{clientId}/required-tier")
  public Response requiredTier(@PathParam("clientId") String clientId) {
    ClientModel client = new ClientTiers(admin).find(clientId);
    admin.may().requireView(client);
    ClientTiers.Required required = ClientTiers.required(client);
    return Response.fromResponse(Json.ok(required))
        .header(HttpHeaders.ETAG, SeenValue.tag(required.requiredTier()))
        .build();
  }

  @PUT
  @Path("clients/{clientId}/required-tier")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response changeRequiredTier(
      @PathParam("clientId") String clientId,
      @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
      @Nullable InputStream body) {
    ClientModel client = new ClientTiers(admin).find(clientId);
    admin.may().requireManage(client);
    ClientTierChange.Wanted wanted = Json.read(body, ClientTierChange.Wanted.class);
    SeenValue seen = SeenValue.of(ifMatch, wanted.from());
    return Json.ok(seen.during(() -> ClientTierChange.change(admin, client, wanted, seen.tier())));
  }

  @GET
  @Path("clients/{clientId}/required-tier/history")
  public Response requiredTierHistory(
      @PathParam("clientId") String clientId,
      @QueryParam("first") @Nullable String first,
      @QueryParam("max") @Nullable String max) {
    RequestParameters.Page page = RequestParameters.Page.of(first, max, 50, MOST);
    ClientModel client = new ClientTiers(admin).find(clientId);
    admin.may().requireView(client);
    return Json.ok(
        TrailEntry.of(
            admin,
            new TierTrail(admin.session(), admin.realm())
                .of(TierSubject.CLIENT, client.getId(), page.first(), page.max())));
  }

  @POST
  @Path("oauth-applications/import")
  public Response importApplications(
      @QueryParam("dryRun") @Nullable String dryRun,
      @QueryParam("trusted") @Nullable List<String> trusted,
      @QueryParam("requiredTier") @Nullable String requiredTier) {
    admin.may().requireManageClients();
    return Json.ok(
        ApplicationReport.of(
            admin,
            new ApplicationReport.Wanted(
                RequestParameters.flag("dryRun", dryRun),
                RequestParameters.list(trusted),
                RequestParameters.optionalTier(requiredTier).orElse(null))));
  }

  @GET
  @Path("history")
  public Response trail(
      @Context UriInfo request,
      @QueryParam("first") @Nullable String first,
      @QueryParam("max") @Nullable String max) {
    admin.may().requireListUsers();
    admin.may().requireListClients();
    return Json.ok(
        RealmTrail.page(
            admin,
            TrailParameters.of(admin, request.getQueryParameters()),
            RequestParameters.Page.of(first, max, 50, MOST)));
  }

  @GET
  @Path("history.csv")
  @Produces(TierCsv.TYPE)
  public Response exportTrail(@Context UriInfo request) {
    admin.may().requireListUsers();
    admin.may().requireListClients();
    return Response.ok(
            TrailCsv.export(admin, TrailParameters.of(admin, request.getQueryParameters())),
            TierCsv.TYPE + "; charset=UTF-8")
        .header("Content-Disposition", "attachment; filename=\"history.csv\"")
        .build();
  }

  @GET
  @Path("summary")
  public Response summary() {
    admin.may().requireListUsers();
    admin.may().requireListClients();
    return Json.ok(new ClientTiers(admin).summary());
  }

  @GET
  @Path("migration")
  public Response migration() {
    admin.may().requireViewSettings();
    admin.may().requireViewEveryone();
    return Json.ok(TakeoverReport.of(admin));
  }

  @GET
  @Path("status")
  public Response status() {
    admin.may().requireViewSettings();
    return Json.ok(Status.of(admin));
  }
}
