// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import dev.accesstier.keycloak.change.ChangeAuthor;
import dev.accesstier.keycloak.component.ComponentSettings;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The statements that change tiers. */
public final class TierQueries {

  /** In one order, so that two who lock several users wait for each other and nothing worse. */
  private static final String LOCKED =
      "select u from AuthUser u where u.id in (:ids) order by u.id";

  /** The tier is a literal, one of five: it takes the column's type, wherever the enum lives. */
  private static final String UPDATE =
      """
      update {h-schema}users set access_tier = '%s', updated_at = clock_timestamp()
       where id in (:ids)
      """;

  private static final String EVENT =
      """
      insert into {h-schema}security_events (user_id, event_type, ip_address, metadata)
      values (:user, 'TIER_CHANGED', cast(:ip as text),
              jsonb_build_object('from', cast(:before as text), 'to', cast(:after as text)))
      """;

  private TierQueries() {}

  /**
   * Locks the users and writes those tiers that differ.
   *
   * @return what was there before, by id; no entry for an id that nobody has
   */
  public static Map<String, String> write(
      EntityManager entityManager,
      Map<String, AccessTier> tiers,
      ComponentSettings settings,
      ChangeAuthor author) {
    Map<String, String> before = new HashMap<>();
    Map<AccessTier, Collection<String>> changed = new EnumMap<>(AccessTier.class);
    for (AuthUser user : locked(entityManager, tiers.keySet())) {
      String old = user.accessTier() == null ? AccessTier.PUBLIC.value() : user.accessTier();
      before.put(user.id(), old);
      AccessTier tier = tiers.get(user.id());
      if (tier != null && !tier.value().equals(old)) {
        changed.computeIfAbsent(tier, one -> new TreeSet<>()).add(user.id());
      }
    }
    changed.forEach(
        (tier, ids) -> {
          entityManager
              .createNativeQuery(UPDATE.formatted(tier.value()))
              .setParameter("ids", ids)
              .executeUpdate();
          if (settings.writable() && settings.securityEvents()) {
            ids.forEach(id -> report(entityManager, id, before.get(id), tier, author));
          }
        });
    return before;
  }

  private static List<AuthUser> locked(EntityManager entityManager, Collection<String> ids) {
    return entityManager
        .createQuery(LOCKED, AuthUser.class)
        .setParameter("ids", ids)
        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
        .getResultList();
  }

  private static void report(
      EntityManager entityManager,
      String id,
      @Nullable String before,
      AccessTier after,
      ChangeAuthor author) {
    entityManager
        .createNativeQuery(EVENT)
        .setParameter("user", id)
        .setParameter("ip", author.ip())
        .setParameter("before", before)
        .setParameter("after", after.value())
        .executeUpdate();
  }
}
