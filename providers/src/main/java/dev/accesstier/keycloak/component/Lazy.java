// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks another supplier when it is first asked itself, and never again once that has answered. */
public final class Lazy<T> implements Supplier<T> {

  private final Supplier<T> source;
  private @Nullable T value;

  public Lazy(Supplier<T> source) {
    this.source = source;
  }

  @Override
  public T get() {
    T known = value;
    if (known == null) {
      known = source.get();
      value = known;
    }
    return known;
  }
}
