// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToldWarningsTest {

  private final ToldWarnings warnings = new ToldWarnings();

  @Test
  void theSameIsToldOnce() {
    assertThat(warnings.isNews("client", "alhpa")).isTrue();
    assertThat(warnings.isNews("client", "alhpa")).isFalse();
    assertThat(warnings.isNews("another", "alhpa")).isTrue();
  }

  @Test
  void whatHasChangedOrWasGoneIsToldAgain() {
    warnings.isNews("client", "alhpa");

    assertThat(warnings.isNews("client", "bta")).isTrue();
    warnings.forget("client");
    assertThat(warnings.isNews("client", "bta")).isTrue();
  }

  @Test
  void itDoesNotGrowWithoutEnd() {
    assertThat(warnings.isNews("first", "x")).isTrue();
    for (int i = 0; i < 10_000; i++) {
      warnings.isNews("client " + i, "x");
    }

    assertThat(warnings.isNews("first", "x")).as("forgotten meanwhile").isTrue();
  }
}
