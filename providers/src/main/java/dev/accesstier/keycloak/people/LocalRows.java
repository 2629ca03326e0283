// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import jakarta.persistence.EntityManager;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The people of Keycloak's own storage and their groups, by id. */
final class LocalRows {

  private static final String PEOPLE =
      """
      select u.id, case when u.federationLink is null then false else true end from UserEntity u
       where u.realmId = :realm and u.serviceAccountClientLink is null
      """;

  private static final String MEMBERSHIPS =
      "select m.user.id, m.groupId from UserGroupMembershipEntity m where m.user.realmId = :realm";

  /**
   * A person.
   *
   * @param fromDirectory whether another storage has imported the user
   */
  record Person(String id, boolean fromDirectory) {}

  private final EntityManager entityManager;
  private final RealmModel realm;

  LocalRows(KeycloakSession session, RealmModel realm) {
    this.entityManager = session.getProvider(JpaConnectionProvider.class).getEntityManager();
    this.realm = realm;
  }

  List<Person> people() {
    return rows(PEOPLE).stream()
        .map(row -> new Person((String) row[0], Boolean.TRUE.equals(row[1])))
        .toList();
  }

  Map<String, Set<String>> memberships() {
    Map<String, Set<String>> groups = new HashMap<>();
    rows(MEMBERSHIPS)
        .forEach(
            row ->
                groups
                    .computeIfAbsent((String) row[0], user -> new HashSet<>())
                    .add((String) row[1]));
    return groups;
  }

  private List<Object[]> rows(String jpql) {
    return entityManager
        .createQuery(jpql, Object[].class)
        .setParameter("realm", realm.getId())
        .getResultList();
  }
}
