// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.schema.AuthUser;

/**
 * A user as a statement found them.
 *
 * @param passkeys whether there are any. Keycloak looks for a user's credentials on almost every
 *     occasion, and this saves asking
 */
record FoundUser(AuthUser user, boolean passkeys) {}
