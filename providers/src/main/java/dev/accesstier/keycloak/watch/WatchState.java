// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How changes by others are looked for on this node.
 *
 * @param period between two looks, longer than asked for where there is no index for them
 * @param indexed whether {@code users} has an index by {@code updated_at}
 * @param hinted whether a trigger tells of changes at once
 * @param lookedAt null as long as no look went well
 */
public record WatchState(
    Duration period, boolean indexed, boolean hinted, @Nullable Instant lookedAt) {}
