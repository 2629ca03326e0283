// SPDX-License-Identifier: Apache-2.0
/** Keys of the old service in the realm's JWKS. */
@NullMarked
package dev.accesstier.keycloak.tests.jwks;

import org.jspecify.annotations.NullMarked;
