// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import dev.accesstier.keycloak.change.TierChange;
import dev.accesstier.keycloak.change.TierChangeLog;
import dev.accesstier.keycloak.change.TierSubject;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.Session;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Writes the trail in the session's transaction. */
final class JpaTierChangeLog implements TierChangeLog {

  private static final String LAST =
      """
      select e.subjectId, max(e.sequence) from TierChangeEntity e
       where e.realmId = :realm and e.subject = :subject and e.subjectId in (:ids)
       group by e.subjectId
      """;

  private final EntityManager entityManager;

  JpaTierChangeLog(KeycloakSession session) {
    this.entityManager = session.getProvider(JpaConnectionProvider.class).getEntityManager();
  }

  @Override
  public void begin() {
    entityManager.flush();
    // On every database, whose dialects have no statement for this in common.
    entityManager.unwrap(Session.class).doWork(connection -> {});
  }

  @Override
  public Optional<Locked> lock(TierSubject subject, String id) {
    return new OwnRows(entityManager).lock(subject, id);
  }

  @Override
  public List<String> record(Collection<TierChange> changes) {
    Map<TierSubject, Map<String, Long>> last = new HashMap<>();
    List<String> ids = new ArrayList<>();
    for (TierChange change : changes) {
      long sequence =
          last.computeIfAbsent(change.subject(), subject -> lastOf(subject, changes))
              .merge(change.subjectId(), 1L, Long::sum);
      TierChangeEntity entry =
          new TierChangeEntity(KeycloakModelUtils.generateId(), sequence, change);
      entityManager.persist(entry);
      ids.add(entry.id());
    }
    // So that it fails here, if it does, and not at the commit.
    entityManager.flush();
    return ids;
  }

  @Override
  public void withdraw(Collection<String> ids) {
    ids.forEach(
        id ->
            entityManager
                .createQuery("delete from TierChangeEntity e where e.id = :id")
                .setParameter("id", id)
                .executeUpdate());
  }

  @Override
  public void close() {
    // The entity manager is the session's.
  }

  private Map<String, Long> lastOf(TierSubject subject, Collection<TierChange> changes) {
    List<String> subjectIds =
        changes.stream()
            .filter(change -> change.subject() == subject)
            .map(TierChange::subjectId)
            .distinct()
            .toList();
    Map<String, Long> last = new HashMap<>();
    entityManager
        .createQuery(LAST, Object[].class)
        .setParameter("realm", changes.iterator().next().realmId())
        .setParameter("subject", subject)
        .setParameter("ids", subjectIds)
        .getResultList()
        .forEach(row -> last.put((String) row[0], (Long) row[1]));
    return last;
  }
}
