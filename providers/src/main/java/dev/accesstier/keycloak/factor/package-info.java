// SPDX-License-Identifier: Apache-2.0
/**
 * Second factors of the schema's users: the code of the authenticator app or a backup code from
 * {@code two_factor_auth}, or else a code by mail, each once. Needs the component's Better Auth
 * secret; setting up, removing and backup codes need {@code WRITABLE} as well.
 */
@NullMarked
package dev.accesstier.keycloak.factor;

import org.jspecify.annotations.NullMarked;
