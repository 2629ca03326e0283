// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import dev.accesstier.keycloak.schema.UserSearch;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.adapter.AbstractUserAdapterFederatedStorage;
import org.keycloak.storage.jpa.JpaHashUtils;

/**
 * What Keycloak keeps in its own tables about the users of one component: ids of {@code auth.users}
 * that join a search there. Some of them may be of rows that are gone.
 */
public final class FederatedRows {

  private static final String OURS = " e.realmId = :realm and e.storageProviderId = :component";

  private static final String MEMBERSHIPS =
      "select e.userId, e.groupId from FederatedUserGroupMembershipEntity e where" + OURS;

  private static final String MEMBERS =
      "select e.userId from FederatedUserGroupMembershipEntity e where e.groupId in (:groups) and"
          + OURS;

  private static final String GRANTED =
      "select e.userId from FederatedUserRoleMappingEntity e where e.roleId = :role and" + OURS;

  private static final String WITH_ATTRIBUTE =
      "select e.userId from FederatedUserAttributeEntity e where e.name = :name and %s and" + OURS;

  private static final String WITH_LONG_ATTRIBUTE =
      "select e.userId, e.longValue from FederatedUserAttributeEntity e where e.name = :name"
          + " and e.longValueHashLowerCase = :hash and"
          + OURS;

  /** Longer values are stored elsewhere, with a hash that can be looked for. */
  private static final int LONGEST_VALUE = 2024;

  private final EntityManager entityManager;
  private final RealmModel realm;
  private final String componentId;

  public FederatedRows(KeycloakSession session, RealmModel realm, String componentId) {
    this.entityManager = session.getProvider(JpaConnectionProvider.class).getEntityManager();
    this.realm = realm;
    this.componentId = componentId;
  }

  /** The groups that users were put into, by user. */
  Map<String, Set<String>> memberships() {
    Map<String, Set<String>> groups = new HashMap<>();
    query(MEMBERSHIPS, Object[].class)
        .getResultList()
        .forEach(
            row ->
                groups
                    .computeIfAbsent(externalId((String) row[0]), user -> new HashSet<>())
                    .add((String) row[1]));
    return groups;
  }

  public Set<String> members(Collection<String> groupIds) {
    return groupIds.isEmpty()
        ? Set.of()
        : ids(query(MEMBERS, String.class).setParameter("groups", groupIds).getResultList());
  }

  /** Whom the role was granted to. */
  public Set<String> granted(String roleId) {
    return ids(query(GRANTED, String.class).setParameter("role", roleId).getResultList());
  }

  /** Those that Keycloak itself keeps disabled, whatever their row says. */
  public Set<String> locked() {
    return withAttribute(AbstractUserAdapterFederatedStorage.ENABLED_ATTRIBUTE, "false", true);
  }

  /** Compared as Keycloak compares the attributes of its own users. */
  public Set<String> withAttribute(String name, String value, boolean exact) {
    if (value.length() > LONGEST_VALUE) {
      return withLongAttribute(name, value);
    }
    return ids(
        query(
                WITH_ATTRIBUTE.formatted(
                    exact
                        ? "lower(e.value) = lower(:value)"
                        : "lower(e.value) like lower(:value) escape '\\'"),
                String.class)
            .setParameter("name", name)
            .setParameter("value", exact ? value : UserSearch.infix(value))
            .getResultList());
  }

  private Set<String> withLongAttribute(String name, String value) {
    return ids(
        query(WITH_LONG_ATTRIBUTE, Object[].class)
            .setParameter("name", name)
            .setParameter("hash", JpaHashUtils.hashForAttributeValueLowerCase(value))
            .getResultStream()
            .filter(row -> JpaHashUtils.compareSourceValueLowerCase((String) row[1], value))
            .map(row -> (String) row[0])
            .toList());
  }

  private <T> TypedQuery<T> query(String jpql, Class<T> type) {
    return entityManager
        .createQuery(jpql, type)
        .setParameter("realm", realm.getId())
        .setParameter("component", componentId);
  }

  private static Set<String> ids(List<String> keycloakIds) {
    return keycloakIds.stream().map(FederatedRows::externalId).collect(Collectors.toSet());
  }

  private static String externalId(String keycloakId) {
    return StorageId.externalId(keycloakId);
  }
}
