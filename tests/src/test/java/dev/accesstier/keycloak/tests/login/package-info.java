/** What Better Auth gave people before the switch, and what Keycloak does to it. */
@NullMarked
package dev.accesstier.keycloak.tests.login;

import org.jspecify.annotations.NullMarked;
