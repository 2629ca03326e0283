// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code users.name} as Keycloak's two names: split at the first space, joined with one. A first
 * name that has a space itself joins and splits to the same name, with another border: "Anna Maria"
 * and "Muster" are "Anna" and "Maria Muster" the next time.
 *
 * @param last null for a single name
 */
record FullName(@Nullable String first, @Nullable String last) {

  static FullName of(String name) {
    int space = name.indexOf(' ');
    return space < 0
        ? new FullName(name, null)
        : new FullName(name.substring(0, space), name.substring(space + 1));
  }

  FullName withFirst(@Nullable String value) {
    return new FullName(value, last);
  }

  FullName withLast(@Nullable String value) {
    return new FullName(first, value);
  }

  /** As it is stored; the empty text where there is no name at all. */
  String joined() {
    return Stream.of(first, last)
        .filter(part -> part != null && !part.isEmpty())
        .collect(Collectors.joining(" "));
  }
}
