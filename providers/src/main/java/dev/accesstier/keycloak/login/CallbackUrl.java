// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.utils.RedirectUtils;

/**
 * Where a mailed link leads in the end: a redirect URI of an enabled client, and nothing else.
 *
 * @param client the app it belongs to, whose required tier counts
 */
record CallbackUrl(ClientModel client, String url) {

  /** The client of an address from a mail; empty when the address is nobody's. */
  static Optional<CallbackUrl> of(KeycloakSession session, RealmModel realm, @Nullable String url) {
    return url == null || !isAbsolute(url)
        ? Optional.empty()
        : realm
            .getClientsStream()
            .filter(CallbackUrl::signsPeopleIn)
            // A client that takes every address would make this an open redirect.
            .filter(client -> !client.getRedirectUris().contains("*"))
            .filter(client -> RedirectUtils.verifyRedirectUri(session, url, client) != null)
            .findFirst()
            .map(client -> new CallbackUrl(client, url));
  }

  private static boolean signsPeopleIn(ClientModel client) {
    return client.isEnabled()
        && !client.isBearerOnly()
        && (client.isStandardFlowEnabled() || client.isImplicitFlowEnabled())
        && OIDCLoginProtocol.LOGIN_PROTOCOL.equals(client.getProtocol());
  }

  private static boolean isAbsolute(String url) {
    try {
      return URI.create(url).isAbsolute();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
