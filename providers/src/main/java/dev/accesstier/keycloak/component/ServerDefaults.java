// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import org.jspecify.annotations.Nullable;

/** The server's own options, {@code spi-storage--auth-schema--…}, by the component's keys. */
@FunctionalInterface
public interface ServerDefaults {

  @Nullable String get(String key);
}
