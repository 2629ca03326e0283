// SPDX-License-Identifier: Apache-2.0
/**
 * The user storage component {@code auth-schema} as an admin configures it: options, their checks
 * when the component is saved and when the server starts, whose connection it may use, and which of
 * the open databases belongs to it. Other packages find components through {@link
 * dev.accesstier.keycloak.component.AuthComponents}.
 */
@NullMarked
package dev.accesstier.keycloak.component;

import org.jspecify.annotations.NullMarked;
