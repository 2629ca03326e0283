/** Servers that are started in another way than the run's own. */
@NullMarked
package dev.accesstier.keycloak.tests.server;

import org.jspecify.annotations.NullMarked;
