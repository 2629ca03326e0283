/** What a person sees, in a real browser. */
@NullMarked
package dev.accesstier.keycloak.tests.browser;

import org.jspecify.annotations.NullMarked;
