// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.matrix;

import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Proves that a Matrix account is the caller's own, with the OpenID token of its homeserver. */
public final class MatrixProofs {

  private final KeycloakSession session;
  private final RealmModel realm;

  public MatrixProofs(KeycloakSession session) {
    this.session = session;
    this.realm = session.getContext().getRealm();
  }

  /** Whether the realm takes the word of that server. */
  public boolean allows(String serverName) {
    return Homeserver.named(realm, serverName).isPresent();
  }

  /** The id of the account, where the server, which must be allowed, says whose token it is. */
  public Optional<String> owner(String serverName, String accessToken) {
    return Homeserver.named(realm, serverName)
        .flatMap(server -> new OpenIdProof(session).owner(server, accessToken))
        .map(MatrixId::value);
  }
}
