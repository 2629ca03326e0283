// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import jakarta.persistence.EntityManager;
import java.time.Instant;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;

/** Takes entries out of the trail for good. */
final class TrailCleanUp {

  private final EntityManager entityManager;

  TrailCleanUp(KeycloakSession session) {
    this.entityManager = session.getProvider(JpaConnectionProvider.class).getEntityManager();
  }

  int forgetBefore(Instant limit) {
    return entityManager
        .createQuery("delete from TierChangeEntity e where e.at < :limit")
        .setParameter("limit", limit.toEpochMilli())
        .executeUpdate();
  }

  /** Nobody could read the entries of a realm that is gone. */
  void forgetRealm(String realmId) {
    entityManager
        .createQuery("delete from TierChangeEntity e where e.realmId = :realm")
        .setParameter("realm", realmId)
        .executeUpdate();
  }
}
