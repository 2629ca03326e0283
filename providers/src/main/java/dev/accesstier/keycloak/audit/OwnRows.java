// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import dev.accesstier.keycloak.change.TierChangeLog.Locked;
import dev.accesstier.keycloak.change.TierSubject;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.RequiredTier;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.Optional;
import org.keycloak.models.jpa.entities.ClientAttributeEntity;
import org.keycloak.models.jpa.entities.ClientEntity;
import org.keycloak.models.jpa.entities.UserAttributeEntity;
import org.keycloak.models.jpa.entities.UserEntity;

/**
 * Locks users and clients of Keycloak's own database, so that two who change the same tier follow
 * each other. The session may have read them before the lock; that is read anew.
 */
final class OwnRows {

  private static final String USER_TIER =
      "select a from UserAttributeEntity a where a.user.id = :id and a.name = :name";
  private static final String CLIENT_TIER =
      "select a from ClientAttributeEntity a where a.client.id = :id and a.name = :name";

  private final EntityManager entityManager;

  OwnRows(EntityManager entityManager) {
    this.entityManager = entityManager;
  }

  Optional<Locked> lock(TierSubject subject, String id) {
    return switch (subject) {
      case USER ->
          lock(UserEntity.class, id)
              ? Optional.of(
                  tier(UserAttributeEntity.class, USER_TIER, id, AccessTier.ATTRIBUTE)
                      .map(attribute -> new Locked(attribute.getValue()))
                      .orElse(new Locked(null)))
              : Optional.empty();
      case CLIENT ->
          lock(ClientEntity.class, id)
              ? Optional.of(
                  tier(ClientAttributeEntity.class, CLIENT_TIER, id, RequiredTier.ATTRIBUTE)
                      .map(attribute -> new Locked(attribute.getValue()))
                      .orElse(new Locked(null)))
              : Optional.empty();
    };
  }

  private boolean lock(Class<?> type, String id) {
    entityManager.flush();
    Object row = entityManager.find(type, id, LockModeType.PESSIMISTIC_WRITE);
    if (row == null) {
      return false;
    }
    entityManager.refresh(row);
    return true;
  }

  private <T> Optional<T> tier(Class<T> type, String query, String id, String name) {
    Optional<T> attribute =
        entityManager
            .createQuery(query, type)
            .setParameter("id", id)
            .setParameter("name", name)
            .getResultStream()
            .findFirst();
    attribute.ifPresent(entityManager::refresh);
    return attribute;
  }
}
