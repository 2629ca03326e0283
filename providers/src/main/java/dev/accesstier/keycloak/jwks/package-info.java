// SPDX-License-Identifier: Apache-2.0
/**
 * Keys of the old service in the realm's JWKS, so that apps which have moved to it go on verifying
 * tokens that Better Auth minted. A component of provider {@code auth-schema-jwks} in a realm turns
 * it on. Keycloak trusts none of these keys, unless option {@code active} has it sign with them.
 * May use {@code component} and {@code schema}.
 */
@NullMarked
package dev.accesstier.keycloak.jwks;

import org.jspecify.annotations.NullMarked;
