/** The documentation. */
@NullMarked
package dev.accesstier.keycloak.tests.docs;

import org.jspecify.annotations.NullMarked;
