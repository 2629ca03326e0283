// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.gate;

import dev.accesstier.keycloak.tier.Printable;
import dev.accesstier.keycloak.tier.TierRefusal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/** Tells admins of a refusal: one event, and one step of a counter by client and way. */
final class Refusals {

  private static final String COUNTER = "access_tier_refusals";

  private Refusals() {}

  static void report(
      KeycloakSession session,
      RefusalPoint way,
      TierRefusal refusal,
      @Nullable UserSessionModel within) {
    EventBuilder event = event(session, way, refusal.client(), refusal.user(), within);
    refusal.describe(event).error(Errors.ACCESS_DENIED);
    count(session, way, refusal);
  }

  /** Tells of a user who is gone, in the words that Keycloak has for one who is disabled. */
  static void reportDeleted(
      KeycloakSession session,
      RefusalPoint way,
      ClientModel client,
      UserModel user,
      @Nullable UserSessionModel within) {
    event(session, way, client, user, within).error(Errors.USER_DISABLED);
  }

  private static EventBuilder event(
      KeycloakSession session,
      RefusalPoint way,
      ClientModel client,
      UserModel user,
      @Nullable UserSessionModel within) {
    RealmModel realm = session.getContext().getRealm();
    EventBuilder event =
        new EventBuilder(realm, session, session.getContext().getConnection())
            .event(way.event())
            .client(client)
            .user(user)
            .detail(Details.USERNAME, user.getUsername());
    return within == null ? event : event.session(within);
  }

  static void count(KeycloakSession session, RefusalPoint way, TierRefusal refusal) {
    Counter.builder(COUNTER)
        .description("Requests refused because the user's access tier does not reach the client")
        .tag("client", Printable.of(refusal.client().getClientId()))
        .tag("way", way.tag())
        .tag("realm", session.getContext().getRealm().getName())
        .register(Metrics.globalRegistry)
        .increment();
  }
}
