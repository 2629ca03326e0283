// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.accesstier.keycloak.rest.BearerCaller;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.settings.RefusedSettingsException;
import dev.accesstier.keycloak.settings.Settings;
import dev.accesstier.keycloak.settings.UserSettings;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.AccountRoles;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.ErrorResponse;

/**
 * {@code …/access-tier/settings}: what people have set in the apps, at the original service's paths
 * as well. A token for the client {@code account} reaches all of it; one with the scope {@value
 * #SCOPE} reaches what its own app has set.
 */
public final class SettingsResource {

  private static final String SCOPE = "settings";
  private static final String[] METHODS = {"GET", "PATCH", "DELETE"};

  private final KeycloakSession session;

  SettingsResource(KeycloakSession session) {
    this.session = session;
  }

  /** All three objects, under the original service's names. */
  record All(
      boolean success,
      ObjectNode globalSettings,
      ObjectNode appOverrides,
      ObjectNode deviceSettings) {

    static All of(Settings settings) {
      return new All(true, settings.global(), settings.apps(), settings.devices());
    }
  }

  /** Where a person uses the apps. */
  record Devices(boolean success, List<Device> devices) {

    static Devices of(Settings settings) {
      List<Device> devices = new ArrayList<>();
      settings
          .devices()
          .properties()
          .forEach(
              entry ->
                  devices.add(
                      new Device(
                          entry.getKey(),
                          entry.getValue().path("deviceName").asText(),
                          entry.getValue().path("deviceType").asText(),
                          entry.getValue().path("lastSeen").asText(),
                          entry.getValue().path("apps").size())));
      return new Devices(true, devices);
    }
  }

  /** One of them. */
  record Device(
      String deviceId, String deviceName, String deviceType, String lastSeen, int appCount) {}

  @GET
  @Path("")
  public Response all(@HeaderParam("If-None-Match") @Nullable String known) {
    Caller caller = Caller.reading(session);
    Settings settings = caller.visible(caller.settings().read());
    return known != null && tags(known).contains(settings.tag())
        ? tagged(Response.notModified(), settings)
        : answer(settings, All.of(settings));
  }

  @PATCH
  @Path("global")
  public Response mergeGlobal(
      @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String tag, @Nullable InputStream body) {
    Caller caller = Caller.changing(session, null);
    ObjectNode change = body(body, ObjectNode.class);
    return changed(caller, tag, settings -> settings.mergeGlobal(change));
  }

  @PATCH
  @Path("app/{app}")
  public Response mergeApp(
      @PathParam("app") String app,
      @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String tag,
      @Nullable InputStream body) {
    Caller caller = Caller.changing(session, app);
    ObjectNode change = body(body, ObjectNode.class);
    return changed(caller, tag, settings -> settings.mergeApp(app, change));
  }

  @DELETE
  @Path("app/{app}")
  public Response removeApp(
      @PathParam("app") String app, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String tag) {
    return changed(Caller.changing(session, app), tag, settings -> settings.removeApp(app));
  }

  @GET
  @Path("devices")
  public Response devices() {
    Caller caller = Caller.reading(session);
    Settings settings = caller.visible(caller.settings().read());
    return answer(settings, Devices.of(settings));
  }

  @PATCH
  @Path("device/{device}/{app}")
  public Response seeDevice(
      @PathParam("device") String device,
      @PathParam("app") String app,
      @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String tag,
      @Nullable InputStream body) {
    Caller caller = Caller.changing(session, null);
    Settings.Device said = body(body, Settings.Device.class);
    return changed(caller, tag, settings -> settings.seeDevice(device, app, said));
  }

  @DELETE
  @Path("device/{device}")
  public Response removeDevice(
      @PathParam("device") String device, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String tag) {
    return changed(Caller.changing(session, null), tag, settings -> settings.removeDevice(device));
  }

  private static <T> T body(@Nullable InputStream body, Class<T> type) {
    return Json.read(body, type, Settings.MOST_BYTES);
  }

  private static Response changed(Caller caller, @Nullable String tag, Consumer<Settings> change) {
    if (!caller.settings().areWritable()) {
      throw Json.readOnly("Settings are read-only here");
    }
    try {
      Settings settings = caller.visible(caller.settings().change(only(tag), caller::part, change));
      return answer(settings, All.of(settings));
    } catch (RefusedSettingsException e) {
      throw ErrorResponse.error(
          e.getMessage(),
          switch (e.kind()) {
            case INVALID -> Status.BAD_REQUEST;
            case TOO_LARGE -> Status.REQUEST_ENTITY_TOO_LARGE;
            case STALE -> Status.PRECONDITION_FAILED;
          });
    }
  }

  /** The one tag that must hold; {@code *} holds always, since everybody has settings. */
  private static @Nullable String only(@Nullable String header) {
    if (header == null || header.isBlank() || header.strip().equals("*")) {
      return null;
    }
    List<String> tags = List.copyOf(tags(header));
    return tags.size() == 1 ? tags.get(0) : "";
  }

  private static Set<String> tags(String header) {
    return Set.copyOf(
        Arrays.stream(header.split(",", -1))
            .map(String::strip)
            .map(tag -> tag.replaceFirst("^W/", "").replace("\"", ""))
            .toList());
  }

  private static Response answer(Settings settings, Object body) {
    return tagged(Response.fromResponse(Json.ok(body)), settings);
  }

  private static Response tagged(Response.ResponseBuilder answer, Settings settings) {
    return answer
        .header(HttpHeaders.ETAG, '"' + settings.tag() + '"')
        .header(HttpHeaders.CACHE_CONTROL, "no-cache, private")
        .header("X-Content-Type-Options", "nosniff")
        .build();
  }

  /**
   * Who asks, and for what.
   *
   * @param onlyApp the app that reaches its own part alone; null: all of it
   */
  private record Caller(UserSettings settings, @Nullable String onlyApp) {

    static Caller reading(KeycloakSession session) {
      return of(session, null, AccountRoles.VIEW_PROFILE, true);
    }

    /**
     * @param app the part that is changed; null: more than that
     */
    static Caller changing(KeycloakSession session, @Nullable String app) {
      return of(session, app, AccountRoles.MANAGE_ACCOUNT, false);
    }

    private static Caller of(
        KeycloakSession session, @Nullable String app, String role, boolean reads) {
      BearerCaller caller = BearerCaller.require(session, METHODS);
      String own = caller.client().getClientId();
      boolean all = caller.reachesAccount(role);
      boolean part = hasScope(caller.token()) && (reads || own.equals(app));
      if (!all && !part) {
        throw caller.insufficientScope("The token reaches no settings, or not these", METHODS);
      }
      UserSettings settings =
          UserSettings.of(session, caller.realm(), caller.user())
              .orElseThrow(() -> new NotFoundException("This user has no settings"));
      return new Caller(settings, all ? null : own);
    }

    private static boolean hasScope(AccessToken token) {
      return token.getScope() != null
          && Arrays.asList(token.getScope().split(" ", -1)).contains(SCOPE);
    }

    Settings visible(Optional<Settings> found) {
      Settings settings =
          found.orElseThrow(() -> new NotFoundException("The database has no settings"));
      return part(settings);
    }

    Settings part(Settings settings) {
      return onlyApp == null ? settings : settings.of(onlyApp);
    }
  }
}
