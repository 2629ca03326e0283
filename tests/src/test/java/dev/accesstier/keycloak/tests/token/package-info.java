// SPDX-License-Identifier: Apache-2.0
/** Opaque tokens of the old service at Keycloak's endpoints. */
@NullMarked
package dev.accesstier.keycloak.tests.token;

import org.jspecify.annotations.NullMarked;
