// SPDX-License-Identifier: Apache-2.0
/**
 * The admin API that the service had before Keycloak, with its paths and answers. The realm
 * attribute {@code access.tier.legacy-api} turns it off.
 */
@NullMarked
package dev.accesstier.keycloak.rest.legacy;

import org.jspecify.annotations.NullMarked;
