// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import java.net.URI;
import org.keycloak.common.util.Encode;
import org.keycloak.models.KeycloakSession;

/** Where the resources of {@code /realms/{realm}/access-tier} are, as browsers see them. */
public final class RealmPath {

  /** The part of the address after the realm. */
  private static final String RESOURCE = "access-tier";

  private RealmPath() {}

  /** The path, from the server's root to the slash after {@value #RESOURCE}. */
  public static String of(KeycloakSession session) {
    return session.getContext().getUri().getBaseUri().getRawPath()
        + "realms/"
        + Encode.encodePathSegment(session.getContext().getRealm().getName())
        + "/"
        + RESOURCE
        + "/";
  }

  /** The whole address. */
  public static URI address(KeycloakSession session, String below) {
    return session.getContext().getUri().getBaseUri().resolve(of(session) + below);
  }
}
