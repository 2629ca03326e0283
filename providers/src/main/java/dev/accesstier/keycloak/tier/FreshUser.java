// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link TierStore} has of a user now, past Keycloak's user cache.
 *
 * @param tier the stored text, whatever it is; null where there is none
 * @param deleted whether nobody may use the account any more: deleted, or banned
 */
public record FreshUser(@Nullable String tier, boolean deleted) {

  /** Of whom the store has nothing left. */
  public static final FreshUser GONE = new FreshUser(null, true);
}
