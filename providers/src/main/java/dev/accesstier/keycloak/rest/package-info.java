/** What Keycloak answers over HTTP below {@code access-tier}. */
@NullMarked
package dev.accesstier.keycloak.rest;

import org.jspecify.annotations.NullMarked;
