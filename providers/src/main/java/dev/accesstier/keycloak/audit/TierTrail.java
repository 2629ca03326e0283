// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import dev.accesstier.keycloak.change.TierChange;
import dev.accesstier.keycloak.change.TierSubject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Reads one realm's trail, newest first. */
public final class TierTrail {

  private static final String OF_SUBJECT =
      """
      select e from TierChangeEntity e
       where e.realmId = :realm and e.subject = :subject and e.subjectId = :id
       order by e.sequence desc
      """;

  private static final String OF_REALM =
      """
      select e from TierChangeEntity e
       where e.realmId = :realm%s
       order by e.at desc, e.subjectId, e.sequence desc
      """;

  private static final int LOT = 1000;

  private final EntityManager entityManager;
  private final RealmModel realm;

  public TierTrail(KeycloakSession session, RealmModel realm) {
    this.entityManager = session.getProvider(JpaConnectionProvider.class).getEntityManager();
    this.realm = realm;
  }

  /** What happened to one user's or client's tier, also after they were deleted. */
  public List<TierChange> of(TierSubject subject, String id, int first, int max) {
    return page(
        entityManager
            .createQuery(OF_SUBJECT, TierChangeEntity.class)
            .setParameter("subject", subject)
            .setParameter("id", id),
        first,
        max);
  }

  /** What happened in the realm. */
  public List<TierChange> all(TrailFilter filter, int first, int max) {
    TypedQuery<TierChangeEntity> query =
        entityManager.createQuery(OF_REALM.formatted(filter.conditions()), TierChangeEntity.class);
    filter.applyTo(query);
    return page(query, first, max);
  }

  /** Likewise, of what the reader may see; pages are of that alone. */
  public List<TierChange> all(
      TrailFilter filter, Predicate<TierChange> visible, int first, int max) {
    List<TierChange> found = new ArrayList<>();
    int skipped = 0;
    List<TierChange> lot;
    int at = 0;
    do {
      lot = all(filter, at, LOT);
      for (TierChange change : lot) {
        if (found.size() == max || !visible.test(change)) {
          continue;
        }
        if (skipped < first) {
          skipped++;
        } else {
          found.add(change);
        }
      }
      at += LOT;
    } while (lot.size() == LOT && found.size() < max);
    return found;
  }

  private List<TierChange> page(TypedQuery<TierChangeEntity> query, int first, int max) {
    return query
        .setParameter("realm", realm.getId())
        .setFirstResult(first)
        .setMaxResults(max)
        .getResultStream()
        .map(TierChangeEntity::toChange)
        .toList();
  }
}
