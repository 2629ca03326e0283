// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import dev.accesstier.keycloak.login.MailedLinks;
import dev.accesstier.keycloak.rest.BearerCaller;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.PackagedResources;
import dev.accesstier.keycloak.rest.console.ConsoleResource;
import dev.accesstier.keycloak.rest.legacy.LegacyMatrixResource;
import dev.accesstier.keycloak.rest.legacy.LegacyResource;
import dev.accesstier.keycloak.tier.RealmTierSettings;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;

/** {@code /realms/{realm}/access-tier}: what users ask for themselves, and ways for others. */
public final class RealmResource {

  private static final String GET = "GET";

  private final KeycloakSession session;

  RealmResource(KeycloakSession session) {
    this.session = session;
  }

  @GET
  @Path("me")
  public Response me() {
    return Json.ok(Me.of(BearerCaller.require(session, GET)));
  }

  @GET
  @Path("apps")
  public Response apps() {
    BearerCaller caller = BearerCaller.require(session, GET);
    return PackagedResources.serve(
            session,
            PackagedResources.File.of(Json.text(Apps.of(session, caller.user()))),
            MediaType.APPLICATION_JSON)
        .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
        .header(HttpHeaders.VARY, "Authorization, Accept-Language")
        .build();
  }

  /** Browsers ask first, without a token, whether a page of another origin may ask. */
  @OPTIONS
  @Path("{any:.*}")
  public Response preflight() {
    return BearerCaller.preflight();
  }

  @GET
  @Path("openapi.json")
  public Response openApi() {
    return PackagedResources.serve(session, "openapi.json", MediaType.APPLICATION_JSON);
  }

  @Path("api/v1/admin/users")
  public LegacyResource legacy() {
    requireLegacyApi();
    return new LegacyResource(session);
  }

  @Path("api/v1/auth")
  public LegacyMatrixResource legacyMatrix() {
    requireLegacyApi();
    return new LegacyMatrixResource(session);
  }

  @Path("matrix-links")
  public MatrixLinksResource matrixLinks() {
    return new MatrixLinksResource(session);
  }

  private void requireLegacyApi() {
    if (!RealmTierSettings.of(session.getContext().getRealm()).legacyApi()) {
      throw new NotFoundException();
    }
  }

  @Path("me/data")
  public PersonalDataResource data() {
    return new PersonalDataResource(session);
  }

  @Path("api/v1/me/data")
  public PersonalDataResource legacyData() {
    requireLegacyApi();
    return data();
  }

  @Path("settings")
  public SettingsResource settings() {
    return new SettingsResource(session);
  }

  @Path("api/v1/settings")
  public SettingsResource legacySettings() {
    requireLegacyApi();
    return settings();
  }

  @Path("portal")
  public PortalResource portal() {
    return new PortalResource(session);
  }

  /** For apps: who may see what, and a list of apps. */
  @GET
  @Path("access-tier.js")
  public Response module() {
    return PackagedResources.serve(
            session, PackagedResources.read("access-tier.js"), "text/javascript")
        .header(HttpHeaders.CACHE_CONTROL, "no-cache")
        // A module of another origin is fetched with CORS, and there is nothing secret in it.
        .header("Access-Control-Allow-Origin", "*")
        .build();
  }

  @Path("console")
  public ConsoleResource console() {
    return new ConsoleResource(session);
  }

  /** A link to a new password that Better Auth mailed. */
  @GET
  @Path("reset-password/{token}")
  public Response resetPassword(
      @PathParam("token") String token, @QueryParam("callbackURL") @Nullable String callbackUrl) {
    return new MailedLinks(session).resetPassword(token, callbackUrl);
  }

  /** A link that signs in, mailed by Better Auth. */
  @GET
  @Path("magic-link")
  public Response magicLink(
      @QueryParam("token") @Nullable String token,
      @QueryParam("callbackURL") @Nullable String callbackUrl) {
    return new MailedLinks(session).magicLink(token, callbackUrl);
  }
}
