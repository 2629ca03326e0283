/** The realm file, the script for an existing realm and the partial import. */
@NullMarked
package dev.accesstier.keycloak.tests.realm;

import org.jspecify.annotations.NullMarked;
