// SPDX-License-Identifier: Apache-2.0
/**
 * {@code /realms/{realm}/access-tier}: what people ask for themselves, and the way to mailed links,
 * the original API and the console page.
 */
@NullMarked
package dev.accesstier.keycloak.rest.own;

import org.jspecify.annotations.NullMarked;
