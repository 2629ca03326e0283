/**
 * The user storage provider {@code auth-schema}: users of a Better Auth schema as Keycloak's
 * federated users. Queries, the user adapter and the component's typed configuration.
 */
@NullMarked
package dev.accesstier.keycloak.storage;

import org.jspecify.annotations.NullMarked;
