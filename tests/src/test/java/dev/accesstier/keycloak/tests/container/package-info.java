/** The container image, the compose stack, and the SQL that the owner of a database applies. */
@NullMarked
package dev.accesstier.keycloak.tests.container;

import org.jspecify.annotations.NullMarked;
