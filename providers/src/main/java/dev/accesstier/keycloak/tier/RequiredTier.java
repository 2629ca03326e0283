// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Set;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;

/** What an app asks of its users: nothing, a tier, or something that cannot be read. */
public sealed interface RequiredTier {

  /** Client attribute with the lower-case name of the tier the app requires. */
  String ATTRIBUTE = "access.tier.required";

  /** Client id of the page on which admins edit tiers. */
  String CONSOLE_CLIENT = "access-tier-console";

  /**
   * Keycloak's own clients and our console, which are never gated: an attribute on one of them
   * would lock admins and users out of the very pages that repair it.
   */
  Set<String> EXEMPT_CLIENTS =
      Set.of(
          Constants.ACCOUNT_MANAGEMENT_CLIENT_ID,
          Constants.ACCOUNT_CONSOLE_CLIENT_ID,
          Constants.ADMIN_CLI_CLIENT_ID,
          Constants.ADMIN_CONSOLE_CLIENT_ID,
          Constants.BROKER_SERVICE_CLIENT_ID,
          Constants.REALM_MANAGEMENT_CLIENT_ID,
          CONSOLE_CLIENT);

  /** Open to every user of the realm. */
  record None() implements RequiredTier {
    @Override
    public boolean admits(AccessTier tier) {
      return true;
    }
  }

  /** Open from a tier upwards. */
  record AtLeast(AccessTier tier) implements RequiredTier {
    @Override
    public boolean admits(AccessTier user) {
      return user.reaches(tier);
    }
  }

  /** The attribute holds no tier's name: closed to everyone until an admin corrects it. */
  record Unreadable(String value) implements RequiredTier {
    @Override
    public boolean admits(AccessTier tier) {
      return false;
    }
  }

  /** Whether a user of that tier may enter. */
  boolean admits(AccessTier tier);

  /** What the client's attribute says; {@link None} where it is absent, blank or of no effect. */
  static RequiredTier of(ClientModel client) {
    String value = client.getAttribute(ATTRIBUTE);
    if (value == null || value.isBlank() || EXEMPT_CLIENTS.contains(client.getClientId())) {
      return new None();
    }
    return AccessTier.parse(value)
        .<RequiredTier>map(AtLeast::new)
        .orElseGet(() -> new Unreadable(value));
  }
}
