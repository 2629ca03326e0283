// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.matrix;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.encode.TokenContextEncoderProvider;
import org.keycloak.representations.AccessToken;

/**
 * Knows the tokens of the {@link MatrixUserGrant}, and what must never be in one. Introspection
 * computes roles and audience anew, and so does Keycloak's account API for a token that lacks them.
 */
public final class BotTokens {

  /** Clients of Keycloak's own, with whose roles a person administers the realm or the account. */
  private static final Set<String> WITHHELD =
      Set.of(
          Constants.REALM_MANAGEMENT_CLIENT_ID,
          Constants.ACCOUNT_MANAGEMENT_CLIENT_ID,
          Constants.BROKER_SERVICE_CLIENT_ID);

  private BotTokens() {}

  /**
   * What may be seen of a token.
   *
   * @param issued as the bot has it; its id says by which grant
   * @param seen what was made of it, and is changed where that was a bot's
   */
  public static AccessToken narrowed(
      KeycloakSession session, AccessToken issued, AccessToken seen) {
    if (isOne(session, issued)) {
      narrow(seen);
    }
    return seen;
  }

  private static boolean isOne(KeycloakSession session, AccessToken token) {
    return token.getId() != null
        && MatrixUserGrant.TYPE.equals(
            session
                .getProvider(TokenContextEncoderProvider.class)
                .getTokenContextFromTokenId(token.getId())
                .getGrantType());
  }

  static void narrow(AccessToken token) {
    Map<String, AccessToken.Access> roles = new HashMap<>(token.getResourceAccess());
    roles.keySet().removeAll(WITHHELD);
    token.setResourceAccess(roles);
    String[] audience = token.getAudience();
    if (audience != null) {
      String[] left =
          Stream.of(audience).filter(name -> !WITHHELD.contains(name)).toArray(String[]::new);
      token.audience(left.length == 0 ? null : left);
    }
  }
}
