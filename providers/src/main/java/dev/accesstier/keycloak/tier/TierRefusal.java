// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;

/**
 * A user who may not enter an app.
 *
 * @param client the app, which may differ from the client that asked for the token
 * @param user who was refused
 * @param required what the app asks for; never {@link RequiredTier.None}
 * @param tier what the user has
 */
public record TierRefusal(
    ClientModel client, UserModel user, RequiredTier required, AccessTier tier) {

  /** Value of the event detail {@code reason}. */
  public static final String REASON = "access_tier";

  /** The required tier's name, or what an admin wrote in place of one. */
  public String requiredValue() {
    return required instanceof RequiredTier.AtLeast atLeast
        ? atLeast.tier().value()
        : Printable.of(String.valueOf(client.getAttribute(RequiredTier.ATTRIBUTE)));
  }

  /** Whether some tier would be enough; false while the app is closed by an unreadable value. */
  public boolean isOpenToSomeone() {
    return required instanceof RequiredTier.AtLeast;
  }

  /** Adds the details that every event about a refusal carries. */
  public EventBuilder describe(EventBuilder event) {
    return event
        .detail(Details.REASON, REASON)
        .detail("required_tier", requiredValue())
        .detail("user_tier", tier.value());
  }
}
