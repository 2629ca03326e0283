// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Who of a component's people has signed in at Keycloak, as its stored events say.
 *
 * @param people how many different ones
 * @param since the oldest login that is still stored; null: none is
 */
public record StoredLogins(long people, @Nullable Instant since) {

  private static final String OF_COMPONENT =
      """
      select count(distinct e.userId), min(e.time) from EventEntity e
       where e.realmId = :realm and e.type = :type and e.userId like :users
      """;

  /**
   * @return empty where the realm stores no logins
   */
  public static Optional<StoredLogins> of(
      KeycloakSession session, RealmModel realm, String componentId) {
    Set<String> types = realm.getEnabledEventTypesStream().collect(Collectors.toSet());
    // Where none is named, Keycloak stores all that it stores by default.
    if (!realm.isEventsEnabled() || !(types.isEmpty() || types.contains(EventType.LOGIN.name()))) {
      return Optional.empty();
    }
    Object[] row =
        session
            .getProvider(JpaConnectionProvider.class)
            .getEntityManager()
            .createQuery(OF_COMPONENT, Object[].class)
            .setParameter("realm", realm.getId())
            .setParameter("type", EventType.LOGIN.name())
            .setParameter("users", "f:" + componentId + ":%")
            .getSingleResult();
    return Optional.of(
        new StoredLogins(
            (Long) row[0], row[1] == null ? null : Instant.ofEpochMilli((Long) row[1])));
  }
}
