// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import dev.accesstier.keycloak.rest.PackagedResources;
import dev.accesstier.keycloak.rest.RealmPath;
import dev.accesstier.keycloak.rest.TransportSecurity;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.headers.SecurityHeadersProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.theme.FreeMarkerException;
import org.keycloak.theme.Theme;
import org.keycloak.theme.beans.MessageFormatterMethod;
import org.keycloak.theme.freemarker.FreeMarkerProvider;

/** Draws the portal with the login theme's template {@value #TEMPLATE}. */
final class PortalPage {

  private static final String TEMPLATE = "access-tier-portal.ftl";

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:;"
          + " frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

  private final KeycloakSession session;
  private final RealmModel realm;
  private final ClientModel portal;

  PortalPage(KeycloakSession session, ClientModel portal) {
    this.session = session;
    this.realm = session.getContext().getRealm();
    this.portal = portal;
  }

  /**
   * The apps of a person whose name or description has the text in it.
   *
   * @param signOutToken for the form that ends the session
   */
  Response apps(UserModel user, String search, String signOutToken) {
    List<Apps.App> apps =
        Apps.of(session, user).apps().stream().filter(app -> matches(app, search)).toList();
    Map<String, Object> data = new HashMap<>();
    data.put("open", apps.stream().filter(Apps.App::accessible).toList());
    data.put("closed", apps.stream().filter(Predicate.not(Apps.App::accessible)).toList());
    data.put("search", search);
    data.put("signOutToken", signOutToken);
    data.put("person", Optional.ofNullable(user.getEmail()).orElseGet(user::getUsername));
    return answer(user, data);
  }

  Response signedOut() {
    return answer(null, new HashMap<>());
  }

  private static boolean matches(Apps.App app, String search) {
    String wanted = search.strip().toLowerCase(Locale.ROOT);
    return Stream.of(app.name(), app.clientId(), app.description())
        .filter(Objects::nonNull)
        .anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(wanted));
  }

  private Response answer(@Nullable UserModel user, Map<String, Object> data) {
    Locale locale = session.getContext().resolveLocale(user);
    String html;
    try {
      Theme theme = session.theme().getTheme(Theme.Type.LOGIN);
      data.put("msg", new MessageFormatterMethod(locale, theme.getEnhancedMessages(realm, locale)));
      data.put("locale", locale.toLanguageTag());
      data.put("path", RealmPath.of(session));
      data.put("style", PackagedResources.address("portal/portal.css"));
      data.put("script", PackagedResources.address("portal/portal.js"));
      data.put("title", title());
      html = session.getProvider(FreeMarkerProvider.class).processTemplate(data, TEMPLATE, theme);
    } catch (FreeMarkerException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Keycloak's own headers allow more than this page needs.
    session.getProvider(SecurityHeadersProvider.class).options().skipHeaders();
    Response.ResponseBuilder answer =
        Response.ok(html, "text/html; charset=UTF-8")
            .header("Content-Security-Policy", POLICY)
            .header(HttpHeaders.CACHE_CONTROL, "no-store")
            .header("Referrer-Policy", "no-referrer")
            .header("X-Content-Type-Options", "nosniff")
            .header("X-Frame-Options", "DENY");
    TransportSecurity.of(realm).ifPresent(value -> answer.header(TransportSecurity.NAME, value));
    return answer.build();
  }

  private String title() {
    return Optional.ofNullable(portal.getName())
        .filter(name -> !name.isBlank() && !name.startsWith("${"))
        .or(() -> Optional.ofNullable(realm.getDisplayName()).filter(name -> !name.isBlank()))
        .orElseGet(realm::getName);
  }
}
