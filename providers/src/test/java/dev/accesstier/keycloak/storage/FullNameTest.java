// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FullNameTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "Cher", "Ada Lovelace", "Zoë 田中 O’Brien", "Two  Spaces"})
  void whatIsSplitIsJoinedAgain(String stored) {
    assertThat(FullName.of(stored).joined()).isEqualTo(stored);
  }

  @Test
  void oneNameIsChangedAndTheOtherStays() {
    FullName name = FullName.of("Ada Lovelace");
    assertThat(name.withFirst("Augusta Ada").joined()).isEqualTo("Augusta Ada Lovelace");
    assertThat(name.withLast("King").joined()).isEqualTo("Ada King");
    assertThat(name.withLast(null).joined()).isEqualTo("Ada");
    assertThat(name.withFirst("").joined()).isEqualTo("Lovelace");
  }

  @Test
  void oneChangedAfterTheOtherLosesNeither() {
    FullName both = FullName.of("Cher").withFirst("Anna Maria").withLast("Muster");
    assertThat(both).isEqualTo(new FullName("Anna Maria", "Muster"));
    assertThat(both.joined()).isEqualTo("Anna Maria Muster");
  }
}
