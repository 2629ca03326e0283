/**
 * Schema {@code auth}: its tables as plain classes mapped in {@code auth-schema.orm.xml}, and the
 * {@link dev.accesstier.keycloak.schema.AuthDatabase handle} on the database they live in.
 */
@NullMarked
package dev.accesstier.keycloak.schema;

import org.jspecify.annotations.NullMarked;
