// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.own;

import dev.accesstier.keycloak.rest.BearerCaller;
import dev.accesstier.keycloak.rest.RealmMessages;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.UserTiers;

/**
 * The caller's own tier.
 *
 * @param level 0 to 4
 * @param label what the tier is called in the request's language
 */
record Me(String accessTier, int level, String label) {

  static Me of(BearerCaller caller) {
    AccessTier tier = new UserTiers(caller.session()).tierOf(caller.realm(), caller.user());
    return new Me(tier.value(), tier.level(), RealmMessages.of(caller.session()).label(tier));
  }
}
