// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

/**
 * A user as a statement found them.
 *
 * @param passkeys whether there are any. Keycloak looks for a user's credentials on almost every
 *     occasion, and this saves asking
 */
record UserRow(AuthUser user, boolean passkeys) {}
