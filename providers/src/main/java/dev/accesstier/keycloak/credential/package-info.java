/**
 * Better Auth's credential formats as pure functions over bytes and text: no session, no database,
 * no Keycloak type. Formats as Better Auth 1.5.6 writes them.
 */
@NullMarked
package dev.accesstier.keycloak.credential;

import org.jspecify.annotations.NullMarked;
