// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TextsTest {

  @Test
  void aTextIsCutBetweenCharactersAndNeverWithinOne() {
    assertThat(Texts.cut("abc", 3)).isEqualTo("abc");
    assertThat(Texts.cut("abcd", 3)).isEqualTo("abc");
    assertThat(Texts.cut("ab\uD83E\uDD84", 3)).isEqualTo("ab");
    assertThat(Texts.cut("a\uD83E\uDD84b", 3)).isEqualTo("a\uD83E\uDD84");
  }
}
