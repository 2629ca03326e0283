// SPDX-License-Identifier: Apache-2.0
/**
 * Notices what another service writes into {@code users}: Keycloak's user cache lets go of whoever
 * was changed, and sessions end of whoever may have none any more. Every node looks for itself, by
 * {@code updated_at} and in turns at the users it has cached; a trigger may tell it to look now. On
 * where a component's option {@code changesPeriod} is above zero.
 */
@NullMarked
package dev.accesstier.keycloak.watch;

import org.jspecify.annotations.NullMarked;
