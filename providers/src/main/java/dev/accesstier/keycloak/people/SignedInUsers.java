// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import jakarta.persistence.EntityManager;
import java.util.Collection;
import java.util.List;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Which of a component's users have a session, offline ones included, by Keycloak's table of
 * sessions. Where Keycloak keeps sessions in memory alone, nobody is found.
 */
public final class SignedInUsers {

  private static final String AMONG =
      "select distinct s.userId from PersistentUserSessionEntity s"
          + " where s.realmId = :realm and s.userId in (:ids)";

  private static final String AFTER =
      "select distinct s.userId from PersistentUserSessionEntity s"
          + " where s.realmId = :realm and s.userId like :component and s.userId > :after"
          + " order by s.userId";

  private final EntityManager entityManager;
  private final RealmModel realm;

  public SignedInUsers(KeycloakSession session, RealmModel realm) {
    this.entityManager = session.getProvider(JpaConnectionProvider.class).getEntityManager();
    this.realm = realm;
  }

  /** Those of Keycloak's ids. */
  public List<String> among(Collection<String> ids) {
    return ids.isEmpty()
        ? List.of()
        : entityManager
            .createQuery(AMONG, String.class)
            .setParameter("realm", realm.getId())
            .setParameter("ids", ids)
            .getResultList();
  }

  /**
   * Some of a component's, by Keycloak's ids.
   *
   * @param after the last one of those before; empty: from the first on
   */
  public List<String> after(String componentId, String after, int max) {
    return entityManager
        .createQuery(AFTER, String.class)
        .setParameter("realm", realm.getId())
        .setParameter("component", "f:" + componentId + ":%")
        .setParameter("after", after)
        .setMaxResults(max)
        .getResultList();
  }
}
