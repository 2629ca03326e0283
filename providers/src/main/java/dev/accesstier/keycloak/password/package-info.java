// SPDX-License-Identifier: Apache-2.0
/**
 * Passwords of the schema's users: checked at the same cost whoever asks, changed in the format
 * that Better Auth verifies. Changing needs a component that is {@code WRITABLE}.
 */
@NullMarked
package dev.accesstier.keycloak.password;

import org.jspecify.annotations.NullMarked;
