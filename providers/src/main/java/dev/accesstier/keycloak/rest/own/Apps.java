// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import dev.accesstier.keycloak.rest.BearerCaller;
import dev.accesstier.keycloak.rest.admin.ClientTiers;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.ClientTierSettings;
import dev.accesstier.keycloak.tier.RealmTierSettings;
import dev.accesstier.keycloak.tier.RequiredTier;
import dev.accesstier.keycloak.tier.UserTiers;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.services.util.ResolveRelative;

/** The list an app switcher draws. */
record Apps(List<App> apps) {

  /**
   * An app.
   *
   * @param description in the request's language where the client has one
   * @param url where it begins
   * @param requiredTier null: it is open to all
   * @param accessible whether the caller may enter
   */
  record App(
      String clientId,
      @Nullable String name,
      @Nullable String description,
      @Nullable String url,
      @Nullable String requiredTier,
      boolean accessible,
      boolean comingSoon) {}

  /** Every enabled client that has a required tier or an address, but the overview itself. */
  static Apps of(BearerCaller caller) {
    AccessTier tier = new UserTiers(caller.session()).tierOf(caller.realm(), caller.user());
    Locale locale = caller.session().getContext().resolveLocale(null);
    String overview = RealmTierSettings.of(caller.realm()).overview();
    return new Apps(
        caller
            .realm()
            .getClientsStream()
            .filter(client -> isApp(client) && !client.getClientId().equals(overview))
            .sorted(Comparator.comparing(ClientModel::getClientId))
            .map(client -> app(caller, client, tier, locale))
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

  private static App app(BearerCaller caller, ClientModel client, AccessTier tier, Locale locale) {
    ClientTierSettings settings = new ClientTierSettings(client);
    String url =
        ResolveRelative.resolveRelativeUri(
            caller.session(), client.getRootUrl(), client.getBaseUrl());
    return new App(
        client.getClientId(),
        client.getName(),
        settings.description(locale),
        url == null || url.isBlank() ? null : url,
        ClientTiers.required(client).requiredTier(),
        RequiredTier.of(client).admits(tier),
        settings.comingSoon());
  }
}
