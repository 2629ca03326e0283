// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.matrix;

import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;

/**
 * Which clients are bots: their service account has the role {@value #ROLE} of {@value #CLIENT}.
 */
public final class MatrixBots {

  /** Holds the role. */
  public static final String CLIENT = "access-tier";

  /** Allows to ask for links, to make them, and to act for the person. */
  public static final String ROLE = "matrix-links";

  private MatrixBots() {}

  /** Whether the client is one, now. */
  public static boolean include(KeycloakSession session, ClientModel client) {
    return !client.isPublicClient()
        && client.isServiceAccountsEnabled()
        && Optional.ofNullable(session.users().getServiceAccount(client))
            .filter(account -> account.isEnabled() && hasRole(client, account))
            .isPresent();
  }

  private static boolean hasRole(ClientModel client, UserModel account) {
    ClientModel holder = client.getRealm().getClientByClientId(CLIENT);
    RoleModel role = holder == null ? null : holder.getRole(ROLE);
    return role != null && account.hasRole(role);
  }
}
