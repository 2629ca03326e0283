/** Second factors that Better Auth keeps. */
@NullMarked
package dev.accesstier.keycloak.tests.factor;

import org.jspecify.annotations.NullMarked;
