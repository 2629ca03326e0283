// SPDX-License-Identifier: Apache-2.0
/**
 * The admin resource at {@code /admin/realms/{realm}/access-tier}. {@link
 * dev.accesstier.keycloak.rest.admin.Permissions} answers who may do what; no resource asks
 * Keycloak by itself. On in every realm.
 */
@NullMarked
package dev.accesstier.keycloak.rest.admin;

import org.jspecify.annotations.NullMarked;
