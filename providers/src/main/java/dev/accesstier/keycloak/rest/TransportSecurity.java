// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import java.util.Optional;
import org.keycloak.models.BrowserSecurityHeaders;
import org.keycloak.models.RealmModel;

/** The one security header of the realm that is about the whole host, and not about one page. */
public final class TransportSecurity {

  private static final BrowserSecurityHeaders HSTS =
      BrowserSecurityHeaders.STRICT_TRANSPORT_SECURITY;

  /** The header's name. */
  public static final String NAME = HSTS.getHeaderName();

  private TransportSecurity() {}

  /** Its value; empty where the realm sends none. */
  public static Optional<String> of(RealmModel realm) {
    return Optional.ofNullable(realm.getBrowserSecurityHeaders().get(HSTS.getKey()))
        .filter(value -> !value.isBlank());
  }
}
