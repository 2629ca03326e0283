/** The gate through the real protocols: every way to a token, refused where it has to be. */
@NullMarked
package dev.accesstier.keycloak.tests.gate;

import org.jspecify.annotations.NullMarked;
