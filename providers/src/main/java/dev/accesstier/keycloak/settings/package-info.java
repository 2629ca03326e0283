// SPDX-License-Identifier: Apache-2.0
/**
 * What people have set in the apps: table {@code user_settings}. The values are the apps' own; here
 * they are merged, bounded and never shown. May use {@code component} and {@code schema}.
 */
@NullMarked
package dev.accesstier.keycloak.settings;

import org.jspecify.annotations.NullMarked;
