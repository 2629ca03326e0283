/**
 * The real Better Auth on the same tables while Keycloak runs: what one side writes, the other
 * takes.
 */
@NullMarked
package dev.accesstier.keycloak.tests.interop;

import org.jspecify.annotations.NullMarked;
