/**
 * Other people's software as it runs beside Keycloak: the real Better Auth on the same tables,
 * where what one side writes the other takes, and the libraries that apps sign in with.
 */
@NullMarked
package dev.accesstier.keycloak.tests.interop;

import org.jspecify.annotations.NullMarked;
