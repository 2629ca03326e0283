/** The tier and the other claims in what apps receive. */
@NullMarked
package dev.accesstier.keycloak.tests.claim;

import org.jspecify.annotations.NullMarked;
