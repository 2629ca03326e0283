// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Optional;
import org.jboss.logging.Logger;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** The decision: may this user enter this app now? Every way to a token asks here. */
public final class TierGate {

  private static final Logger LOG = Logger.getLogger(TierGate.class);

  /** By client. */
  private static final ToldWarnings WARNINGS = new ToldWarnings();

  private final KeycloakSession session;

  public TierGate(KeycloakSession session) {
    this.session = session;
  }

  /**
   * Why the user may not enter; empty where they may. The tier is read only for gated clients, so
   * an outage of the store closes nothing that is open to all. Service accounts are no persons and
   * have no tier: they are never refused.
   *
   * @throws jakarta.ws.rs.WebApplicationException with status 503 when the client is gated and the
   *     tier cannot be read
   */
  public Optional<TierRefusal> refusal(RealmModel realm, ClientModel client, UserModel user) {
    RequiredTier required = RequiredTier.of(client);
    if (required instanceof RequiredTier.None || user.getServiceAccountClientLink() != null) {
      return Optional.empty();
    }
    if (required instanceof RequiredTier.Unreadable unreadable) {
      warnOnce(realm, client, unreadable);
    } else {
      WARNINGS.forget(client.getId());
    }
    AccessTier tier = new UserTiers(session).tierOf(realm, user);
    return new AppAccess(client, required, tier).mayEnter()
        ? Optional.empty()
        : Optional.of(new TierRefusal(client, user, required, tier));
  }

  private static void warnOnce(
      RealmModel realm, ClientModel client, RequiredTier.Unreadable unreadable) {
    if (WARNINGS.isNews(client.getId(), unreadable.value())) {
      LOG.warnf(
          "Client %s of realm %s is closed to everyone: its attribute %s is '%s', which is no tier",
          Printable.of(client.getClientId()),
          Printable.of(realm.getName()),
          RequiredTier.ATTRIBUTE,
          Printable.of(unreadable.value()));
    }
  }
}
