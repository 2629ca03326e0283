/**
 * Protocol mappers: the access tier in OIDC tokens and SAML assertions, and the claims that apps of
 * a Better Auth service read.
 */
@NullMarked
package dev.accesstier.keycloak.claim;

import org.jspecify.annotations.NullMarked;
