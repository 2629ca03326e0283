// SPDX-License-Identifier: Apache-2.0
/**
 * The apps that the old service knows as OAuth clients, made clients of a realm under the same
 * client id and with the same secret, so that an app moves by changing its issuer. May use {@code
 * component}, {@code schema}, {@code credential} and {@code tier}.
 *
 * <p>Rows may come from a registration that was open to everybody. Nothing in them widens what a
 * client may do.
 */
@NullMarked
package dev.accesstier.keycloak.application;

import org.jspecify.annotations.NullMarked;
