// SPDX-License-Identifier: Apache-2.0
/**
 * Measures the extension side by side with what it replaces and with what Keycloak does by itself,
 * on this machine, in one run. Started by {@code mvn -Pbench}.
 */
@NullMarked
package dev.accesstier.bench;

import org.jspecify.annotations.NullMarked;
