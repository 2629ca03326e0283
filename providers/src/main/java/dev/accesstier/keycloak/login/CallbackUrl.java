// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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

  /** Never anybody's: RFC 2606 section 2. */
  private static final String NOBODYS = ".invalid";

  /** The client of an address from a mail; empty when the address is nobody's. */
  static Optional<CallbackUrl> of(KeycloakSession session, RealmModel realm, @Nullable String url) {
    return absolute(url)
        .flatMap(
            address ->
                realm
                    .getClientsStream()
                    .filter(CallbackUrl::signsPeopleIn)
                    .filter(client -> leadsTo(session, client, address))
                    .findFirst()
                    .map(client -> new CallbackUrl(client, address.toString())));
  }

  /**
   * Whether one of the client's redirect URIs names the address and its host. One that takes every
   * host ({@code *}, {@code https://*}, {@code http*}) would make this an open redirect.
   */
  private static boolean leadsTo(KeycloakSession session, ClientModel client, URI address) {
    Optional<String> elsewhere = elsewhere(address);
    return client.getRedirectUris().stream()
        .filter(redirect -> takes(session, client, redirect, address.toString()))
        .anyMatch(
            redirect -> elsewhere.filter(url -> takes(session, client, redirect, url)).isEmpty());
  }

  private static boolean takes(
      KeycloakSession session, ClientModel client, String redirect, String url) {
    return RedirectUtils.verifyRedirectUri(
            session, client.getRootUrl(), url, Set.of(redirect), true)
        != null;
  }

  /**
   * The same address at a host that continues its own; empty where an app's own scheme has none.
   */
  private static Optional<String> elsewhere(URI address) {
    return Optional.ofNullable(address.getHost())
        .map(
            host ->
                UriBuilder.fromUri(address)
                    .host((isNumber(host) ? "host" : host) + NOBODYS)
                    .build()
                    .toString());
  }

  private static boolean signsPeopleIn(ClientModel client) {
    return client.isEnabled()
        && !client.isBearerOnly()
        && (client.isStandardFlowEnabled() || client.isImplicitFlowEnabled())
        && OIDCLoginProtocol.LOGIN_PROTOCOL.equals(client.getProtocol());
  }

  /** An IPv6 address, which no name continues. */
  private static boolean isNumber(String host) {
    return host.startsWith("[");
  }

  /** Of the web with a host; other schemes are an app's own. */
  private static Optional<URI> absolute(@Nullable String url) {
    try {
      return Optional.ofNullable(url)
          .map(URI::create)
          .filter(URI::isAbsolute)
          .filter(address -> address.getHost() != null || !isOfTheWeb(address));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isOfTheWeb(URI address) {
    return address.getScheme().toLowerCase(Locale.ROOT).startsWith("http");
  }
}
