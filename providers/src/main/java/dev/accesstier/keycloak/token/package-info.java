// SPDX-License-Identifier: Apache-2.0
/**
 * Opaque tokens that the old service issued, taken until they expire where option {@code
 * legacyTokens} of a component is on: apps that hold a refresh token move without a sign-in. May
 * use {@code component}, {@code schema} and {@code outage}.
 */
@NullMarked
package dev.accesstier.keycloak.token;

import org.jspecify.annotations.NullMarked;
