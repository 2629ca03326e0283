// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.RequiredTier;
import dev.accesstier.keycloak.tier.ToldWarnings;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Warns of hooks that a realm has not switched on. Tokens are refused without them; pages and
 * userinfo are not.
 */
final class GateSetup {

  private static final Logger LOG = Logger.getLogger(GateSetup.class);

  /** By realm. What is told is how the hooks are set, so that a change is looked at again. */
  private static final ToldWarnings LOOKED_AT = new ToldWarnings();

  private GateSetup() {}

  /**
   * Called for the clients of a token; looks at a realm at its first gated client, and again where
   * an admin has changed the hooks since. It is no reason for a token to fail.
   */
  static void warnIfIncomplete(KeycloakSession session, RealmModel realm, ClientModel client) {
    if (RequiredTier.of(client) instanceof RequiredTier.None) {
      return;
    }
    try {
      if (LOOKED_AT.isNews(realm.getId(), settings(realm))) {
        warn(session, realm);
      }
    } catch (RuntimeException e) {
      LOG.warnf(e, "The gate's hooks of realm %s cannot be looked at", realm.getName());
    }
  }

  private static Integer settings(RealmModel realm) {
    return Objects.hash(
        GateHooks.hasRequiredAction(realm),
        realm.getAttribute(Constants.CLIENT_PROFILES),
        realm.getAttribute(Constants.CLIENT_POLICIES));
  }

  private static void warn(KeycloakSession session, RealmModel realm) {
    if (!GateHooks.hasRequiredAction(realm)) {
      LOG.warnf(
          "Realm %s has clients with a required tier, but its required action %s is off: tokens are"
              + " refused, while logins in a browser and over SAML are not",
          realm.getName(), TierRequiredActionFactory.ID);
    }
    if (!GateHooks.hasUserInfoPolicy(session, realm)) {
      LOG.warnf(
          "Realm %s has clients with a required tier, but no client policy with the executor %s: a"
              + " token issued before a demotion still opens userinfo",
          realm.getName(), UserInfoExecutorFactory.ID);
    }
  }
}
