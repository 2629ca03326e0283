// SPDX-License-Identifier: Apache-2.0
/**
 * Accounts of people in Matrix: the links of table {@code matrix_user_links}, the proof that a
 * Matrix account is somebody's own, and tokens with which bots act for people. May use {@code
 * component}, {@code schema}, {@code tier} and {@code token}.
 */
@NullMarked
package dev.accesstier.keycloak.matrix;

import org.jspecify.annotations.NullMarked;
