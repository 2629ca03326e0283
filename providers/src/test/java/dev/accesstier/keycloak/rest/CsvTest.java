// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvTest {

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@x", "\tx", "\rx"})
  void whatSpreadsheetsCalculateIsMadeHarmlessAndComesBack(String evil) {
    String cell = Csv.cell(evil).replace("\"", "");
    assertThat(cell).startsWith("'");
    assertThat(Csv.value(cell)).isEqualTo(evil);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "a,b", "say \"hi\"", "two\nlines", "'quoted'", "", "f:a:b"})
  void everythingElseComesBackAsItWas(String value) {
    List<Csv.Line> lines = Csv.parse("x," + Csv.cell(value) + ",y\r\n");
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0).cells()).containsExactly("x", value, "y");
  }

  @Test
  void linesAreCountedAsAnEditorDoes() {
    List<Csv.Line> lines = Csv.parse("\uFEFFa,b\n\n\"c\nd\",e\r\nf,g");
    assertThat(lines).extracting(Csv.Line::line).containsExactly(1, 3, 5);
    assertThat(lines.get(1).cells()).containsExactly("c\nd", "e");
  }

  @Test
  void aQuoteThatIsNeverClosedEndsWithTheText() {
    assertThat(Csv.parse("a,\"b\nc").get(0).cells()).containsExactly("a", "b\nc");
  }
}
