// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import java.util.stream.Stream;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.services.managers.AuthenticationManager;

/** What a login still has before it when the gate is reached. */
final class Pending {

  private Pending() {}

  /** Whether the gate is the last thing; a realm decides that by the order of its actions. */
  static boolean nothingBut(RequiredActionContext context) {
    return Stream.concat(
            context.getAuthenticationSession().getRequiredActions().stream(),
            context.getUser().getRequiredActionsStream())
        .allMatch(TierRequiredAction.alias(context.getRealm())::equals);
  }

  /** Whether this is a mailed link that does its work and signs nobody in. */
  static boolean endsWithoutSignIn(RequiredActionContext context) {
    return context
            .getAuthenticationSession()
            .getAuthNote(AuthenticationManager.END_AFTER_REQUIRED_ACTIONS)
        != null;
  }
}
