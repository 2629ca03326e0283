// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.console;

import dev.accesstier.keycloak.rest.PackagedResources;
import dev.accesstier.keycloak.rest.RealmPath;
import dev.accesstier.keycloak.rest.TransportSecurity;
import dev.accesstier.keycloak.tier.RequiredTier;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.keycloak.headers.SecurityHeadersProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.Urls;
import org.keycloak.urls.UrlType;

/**
 * The page on which admins edit tiers. It is the same for everyone and holds no data: its scripts
 * sign in as client {@value RequiredTier#CONSOLE_CLIENT} and ask the admin resource.
 */
public final class ConsoleResource {

  private static final Map<String, String> TYPES =
      Map.of("js", "text/javascript", "css", "text/css", "json", "application/json");

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'%s;"
          + " img-src 'self' data:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

  /** The style sheet of Keycloak's own pages, below the resources of theme type common. */
  private static final String PATTERNFLY = "vendor/patternfly-v5/patternfly.min.css";

  private final KeycloakSession session;

  public ConsoleResource(KeycloakSession session) {
    this.session = session;
  }

  @GET
  @Path("")
  public Response page() {
    RealmModel realm = session.getContext().getRealm();
    ClientModel client = realm.getClientByClientId(RequiredTier.CONSOLE_CLIENT);
    if (client == null || !client.isEnabled()) {
      throw new NotFoundException();
    }
    URI here = session.getContext().getUri().getBaseUri();
    URI admin = session.getContext().getUri(UrlType.ADMIN).getBaseUri();
    Locale locale = session.getContext().resolveLocale(null);
    String html =
        PackagedResources.read("console/index.html")
            .text()
            .replace("{{language}}", locale.getLanguage().equals("de") ? "de" : "en")
            .replace("{{realm}}", escaped(realm.getName()))
            .replace("{{title}}", escaped(title(realm)))
            .replace("{{path}}", escaped(RealmPath.of(session)))
            .replace("{{patternfly}}", escaped(patternfly()))
            .replace("{{server}}", escaped(here.toString()))
            .replace("{{admin}}", escaped(admin.toString()))
            .replace("{{client}}", RequiredTier.CONSOLE_CLIENT);
    // Keycloak's own headers allow more than this page needs.
    session.getProvider(SecurityHeadersProvider.class).options().skipHeaders();
    Response.ResponseBuilder answer =
        PackagedResources.serve(session, PackagedResources.File.of(html), "text/html")
            .header(HttpHeaders.CACHE_CONTROL, "no-cache")
            .header("Content-Security-Policy", POLICY.formatted(beyond(here, admin)))
            .header("Referrer-Policy", "no-referrer")
            .header("X-Frame-Options", "DENY");
    TransportSecurity.of(realm).ifPresent(value -> answer.header(TransportSecurity.NAME, value));
    return answer.build();
  }

  @GET
  @Path("{file:[a-z]+[.](?:js|css|json)}")
  public Response file(@PathParam("file") String file) {
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    return PackagedResources.serve(session, "console/" + file, String.valueOf(type));
  }

  /** Relative to the host, as the page's other addresses are. */
  private String patternfly() {
    URI resources = Urls.themeRoot(session.getContext().getUri().getBaseUri());
    return resources.getRawPath() + "/common/keycloak/" + PATTERNFLY;
  }

  private static String title(RealmModel realm) {
    String name = realm.getDisplayName();
    return name == null || name.isBlank() ? realm.getName() : name;
  }

  /** The origin of the admin API, where it is another one. */
  private static String beyond(URI here, URI admin) {
    return here.getAuthority().equals(admin.getAuthority())
        ? ""
        : " " + admin.getScheme() + "://" + admin.getAuthority();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
