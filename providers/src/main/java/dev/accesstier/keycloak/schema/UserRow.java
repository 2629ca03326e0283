// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A user as a statement found them.
 *
 * @param passkeys whether there are any. Keycloak looks for a user's credentials on almost every
 *     occasion, and this saves asking
 * @param banned by an admin of the service, be the ban over or not
 * @param banEnds null where it does not
 */
record UserRow(AuthUser user, boolean passkeys, boolean banned, @Nullable Instant banEnds) {

  UserRow {
    if (banned) {
      user.ban(banEnds);
    }
  }
}
