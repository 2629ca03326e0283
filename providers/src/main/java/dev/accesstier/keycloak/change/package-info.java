// SPDX-License-Identifier: Apache-2.0
/**
 * The one way to change a tier, {@link dev.accesstier.keycloak.change.TierChanges}: write, record
 * in the trail, evict the cached user on all nodes, report an admin event. Console, REST, bulk
 * changes and Keycloak's user form all come here. Works in every realm, without being switched on.
 */
@NullMarked
package dev.accesstier.keycloak.change;

import org.jspecify.annotations.NullMarked;
