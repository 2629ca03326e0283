/** Better Auth's accounts in Keycloak: sign-in, search, configuration, outages. */
@NullMarked
package dev.accesstier.keycloak.tests.storage;

import org.jspecify.annotations.NullMarked;
