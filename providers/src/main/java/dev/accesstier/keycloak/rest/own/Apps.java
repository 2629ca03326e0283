// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import dev.accesstier.keycloak.rest.admin.ClientTiers;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.AppAccess;
import dev.accesstier.keycloak.tier.ClientTierSettings;
import dev.accesstier.keycloak.tier.RealmTierSettings;
import dev.accesstier.keycloak.tier.RequiredTier;
import dev.accesstier.keycloak.tier.UserTiers;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.util.ResolveRelative;

/** The list an app switcher draws. Public for the template of the portal. */
public record Apps(List<App> apps) {

  /**
   * An app.
   *
   * @param description in the request's language where the client has one
   * @param icon address of a picture
   * @param url where it begins
   * @param requiredTier null: it is open to all
   * @param accessible whether the caller may enter
   */
  public record App(
      String clientId,
      @Nullable String name,
      @Nullable String description,
      @Nullable String icon,
      @Nullable String url,
      @Nullable String requiredTier,
      boolean accessible,
      boolean comingSoon) {}

  /** Every enabled client that has a required tier or an address, but the overview itself. */
  static Apps of(KeycloakSession session, UserModel user) {
    RealmModel realm = session.getContext().getRealm();
    AccessTier tier = new UserTiers(session).tierOf(realm, user);
    Locale locale = session.getContext().resolveLocale(user);
    String overview = RealmTierSettings.of(realm).overview();
    return new Apps(
        realm
            .getClientsStream()
            .filter(client -> isApp(client) && !client.getClientId().equals(overview))
            .sorted(Comparator.comparing(ClientModel::getClientId))
            .map(client -> app(session, AppAccess.of(client, tier), locale))
            .toList());
  }

  private static boolean isApp(ClientModel client) {
    return client.isEnabled()
        && !client.isBearerOnly()
        && !RequiredTier.EXEMPT_CLIENTS.contains(client.getClientId())
        && !new ClientTierSettings(client).archived()
        && (!(RequiredTier.of(client) instanceof RequiredTier.None)
            || (client.getBaseUrl() != null && !client.getBaseUrl().isBlank()));
  }

  private static App app(KeycloakSession session, AppAccess access, Locale locale) {
    ClientModel client = access.client();
    ClientTierSettings settings = new ClientTierSettings(client);
    return new App(
        client.getClientId(),
        client.getName(),
        settings.description(locale),
        webAddress(client.getAttribute(ClientModel.LOGO_URI)),
        webAddress(
            ResolveRelative.resolveRelativeUri(session, client.getRootUrl(), client.getBaseUrl())),
        ClientTiers.required(client).requiredTier(),
        access.mayEnter(),
        settings.comingSoon());
  }

  /** Nothing that a browser would run when it is followed. */
  private static @Nullable String webAddress(@Nullable String address) {
    return address != null && address.matches("(?i)https?://.+") ? address : null;
  }
}
