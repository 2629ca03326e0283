// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.RealmTierSettings;
import dev.accesstier.keycloak.tier.TierGate;
import dev.accesstier.keycloak.tier.TierRefusal;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.Urls;
import org.keycloak.services.util.ResolveRelative;

/**
 * Where a denied user may go on: the overview of apps, or else the account console.
 *
 * @param url absolute
 * @param label message key of the link to it
 */
record Overview(String url, String label) {

  /** Never an app that would send the user straight back here. */
  static Overview of(KeycloakSession session, TierRefusal refusal) {
    RealmModel realm = session.getContext().getRealm();
    String overview = RealmTierSettings.of(realm).overview();
    return Optional.ofNullable(realm.getClientByClientId(overview))
        .filter(ClientModel::isEnabled)
        .filter(client -> !client.equals(refusal.client()))
        .filter(client -> new TierGate(session).refusal(realm, client, refusal.user()).isEmpty())
        .map(client -> baseUrl(session, client))
        .filter(url -> !url.isBlank())
        .map(url -> new Overview(url, "accessTierOverview"))
        .orElseGet(() -> accountConsole(session, realm));
  }

  private static String baseUrl(KeycloakSession session, ClientModel client) {
    return ResolveRelative.resolveRelativeUri(session, client.getRootUrl(), client.getBaseUrl());
  }

  private static Overview accountConsole(KeycloakSession session, RealmModel realm) {
    String url =
        Urls.accountBase(session.getContext().getUri().getBaseUri())
            .build(realm.getName())
            .toString();
    return new Overview(url, "accessTierAccount");
  }
}
