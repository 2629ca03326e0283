// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;

/**
 * A tier that changed.
 *
 * @param realmId of the realm the subject belongs to
 * @param subject what {@code subjectId} is
 * @param subjectId Keycloak's id of the user or client
 * @param from the value before, whatever it was; null for a client that required none
 * @param to the value after; null for a client that requires none any more
 * @param reason what the author gave as such; null where none was given
 */
public record TierChange(
    String realmId,
    TierSubject subject,
    String subjectId,
    @Nullable String from,
    @Nullable String to,
    Instant at,
    ChangeAuthor author,
    ChangeSource source,
    @Nullable String reason) {

  /** What has become of a change that was asked for: what was there before, and when it was. */
  TierChange made(@Nullable String before) {
    Instant now = Instant.ofEpochMilli(Time.currentTimeMillis());
    return new TierChange(realmId, subject, subjectId, before, to, now, author, source, reason);
  }
}
