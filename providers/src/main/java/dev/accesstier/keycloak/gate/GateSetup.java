// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.GateHooks;
import dev.accesstier.keycloak.tier.RequiredTier;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Warns of hooks that a realm has not switched on. Tokens are refused without them; pages and
 * userinfo are not.
 */
final class GateSetup {

  private static final Logger LOG = Logger.getLogger(GateSetup.class);

  /** Realms already looked at: the answer is worth one warning, not one per token. */
  private static final Set<String> CHECKED = ConcurrentHashMap.newKeySet();

  private GateSetup() {}

  /** Called for the clients of a token; looks at a realm once, at its first gated client. */
  static void warnIfIncomplete(KeycloakSession session, RealmModel realm, ClientModel client) {
    if (RequiredTier.of(client) instanceof RequiredTier.None || !CHECKED.add(realm.getId())) {
      return;
    }
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
