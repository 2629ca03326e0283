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
 * @param settings whether the database keeps settings
 * @param locale that the user has chosen there
 */
record UserRow(
    AuthUser user,
    boolean passkeys,
    boolean banned,
    @Nullable Instant banEnds,
    boolean settings,
    @Nullable String locale) {

  UserRow {
    if (settings) {
      user.keepLocale(locale);
    }
    if (banned) {
      user.ban(banEnds);
    }
  }
}
