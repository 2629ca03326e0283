// SPDX-License-Identifier: Apache-2.0
/**
 * Everything that both databases hold about one person, for that person and for admins who may see
 * them. May use {@code audit}, {@code component} and {@code schema}.
 */
@NullMarked
package dev.accesstier.keycloak.personal;

import org.jspecify.annotations.NullMarked;
