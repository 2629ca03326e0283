// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;

/**
 * Looks at the tokens once more when every other post processor is done: Keycloak's own moves roles
 * that a mapper wrote into {@code resource_access} after {@link TokenGate} was asked.
 */
public final class ClosedAppsPostProcessorFactory implements TokenPostProcessorFactory {

  @Override
  public String getId() {
    return "access-tier-closed-apps";
  }

  /** The last one: Keycloak begins with the highest. */
  @Override
  public int order() {
    return Integer.MIN_VALUE;
  }

  @Override
  public TokenPostProcessor create(KeycloakSession session) {
    return context ->
        ClosedApps.of(
                session, context.clientSessionCtx().getClientSession().getUserSession().getUser())
            .leaveOutOf(context);
  }
}
