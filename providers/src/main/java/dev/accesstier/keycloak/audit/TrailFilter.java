// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.TierSubject;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;

/**
 * Which entries of a realm's trail are meant. Null is no condition.
 *
 * @param subjectIds of users or clients; empty: nobody's
 * @param authorIds of the admins; empty: nobody's
 * @param tier before or after
 * @param from at that moment or later
 * @param until at that moment or earlier
 */
public record TrailFilter(
    @Nullable TierSubject subject,
    @Nullable Set<String> subjectIds,
    @Nullable Set<String> authorIds,
    @Nullable String tier,
    @Nullable ChangeSource source,
    @Nullable Instant from,
    @Nullable Instant until) {

  /** Likewise, without what is still to come: pages of it do not move while they are read. */
  public TrailFilter untilNow() {
    return until != null
        ? this
        : new TrailFilter(
            subject,
            subjectIds,
            authorIds,
            tier,
            source,
            from,
            Instant.ofEpochMilli(Time.currentTimeMillis()));
  }

  /** Conditions on entry {@code e}, each with its {@code and}. */
  String conditions() {
    return condition(subject, " and e.subject = :subject")
        + condition(subjectIds, " and e.subjectId in (:subjectIds)")
        + condition(authorIds, " and e.byUserId in (:authorIds)")
        + condition(tier, " and (e.from = :tier or e.to = :tier)")
        + condition(source, " and e.source = :source")
        + condition(from, " and e.at >= :from")
        + condition(until, " and e.at <= :until");
  }

  private static String condition(@Nullable Object value, String text) {
    return value == null ? "" : text;
  }

  void applyTo(TypedQuery<?> query) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("subject", subject);
    values.put("subjectIds", subjectIds);
    values.put("authorIds", authorIds);
    values.put("tier", tier);
    values.put("source", source);
    values.put("from", from == null ? null : from.toEpochMilli());
    values.put("until", until == null ? null : until.toEpochMilli());
    values.forEach(
        (name, value) -> {
          if (value != null) {
            query.setParameter(name, value);
          }
        });
  }
}
