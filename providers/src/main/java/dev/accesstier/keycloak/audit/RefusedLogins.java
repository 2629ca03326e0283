// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.keycloak.common.util.Time;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.events.Errors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Whom the gate refused lately, as Keycloak's stored events say. */
public final class RefusedLogins {

  /** The detail is one that only the gate writes. */
  private static final String BY_CLIENT =
      """
      select e.clientId, count(distinct e.userId) from EventEntity e
       where e.realmId = :realm and e.time >= :since and e.error = :error
         and e.detailsJsonLongValue like '%"required_tier"%'
       group by e.clientId
      """;

  private RefusedLogins() {}

  /**
   * How many people each client was closed to, by client id.
   *
   * @return empty where the realm stores no events
   */
  public static Optional<Map<String, Long>> byClient(
      KeycloakSession session, RealmModel realm, Duration during) {
    if (!realm.isEventsEnabled()) {
      return Optional.empty();
    }
    Instant since = Instant.ofEpochMilli(Time.currentTimeMillis()).minus(during);
    return Optional.of(
        session
            .getProvider(JpaConnectionProvider.class)
            .getEntityManager()
            .createQuery(BY_CLIENT, Object[].class)
            .setParameter("realm", realm.getId())
            .setParameter("since", since.toEpochMilli())
            .setParameter("error", Errors.ACCESS_DENIED)
            .getResultStream()
            .collect(Collectors.toMap(row -> (String) row[0], row -> (Long) row[1])));
  }
}
