// SPDX-License-Identifier: Apache-2.0
/**
 * The user storage provider {@code auth-schema}: users of a Better Auth schema as Keycloak's
 * federated users. It translates Keycloak's calls; passwords, factors, lists and statements have
 * packages of their own. On in every realm that has an enabled component.
 */
@NullMarked
package dev.accesstier.keycloak.storage;

import org.jspecify.annotations.NullMarked;
