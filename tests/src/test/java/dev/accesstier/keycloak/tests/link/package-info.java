/** Passkeys and links to other providers, in both directions. */
@NullMarked
package dev.accesstier.keycloak.tests.link;

import org.jspecify.annotations.NullMarked;
