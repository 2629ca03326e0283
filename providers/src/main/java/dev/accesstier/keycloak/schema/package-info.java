// SPDX-License-Identifier: Apache-2.0
/**
 * Schema {@code auth}: its tables as plain classes mapped in {@code auth-schema.orm.xml}, and the
 * statements on them. Nothing here decides; what a row means is known by those who ask.
 */
@NullMarked
package dev.accesstier.keycloak.schema;

import org.jspecify.annotations.NullMarked;
