// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void aValueNeverBeginsAnotherLineOfTheLog() {
    assertThat(Printable.of("alhpa\r\n2026-01-01 ERROR forged\u2028\u0000\u202e"))
        .isEqualTo("alhpa??2026-01-01 ERROR forged???");
  }

  @Test
  void aLongValueIsCut() {
    assertThat(Printable.of("x".repeat(100))).isEqualTo("x".repeat(100));
    assertThat(Printable.of("x".repeat(101))).isEqualTo("x".repeat(100) + "…");
  }

  @Test
  void whatCanBeReadStays() {
    assertThat(Printable.of("Größe 日本 ß")).isEqualTo("Größe 日本 ß");
  }
}
