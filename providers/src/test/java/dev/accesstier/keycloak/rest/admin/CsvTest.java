// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvTest {

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"})
  void whatSpreadsheetsCalculateIsMadeHarmlessAndComesBack(String evil) {
    assertThat(Csv.cell(evil)).startsWith("\"'").endsWith("\"");
    assertThat(Csv.value(parsed(Csv.cell(evil)).get(0).cells().get(0))).isEqualTo(evil);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plain", "a,b", "a;=1+1", "say \"hi\"", "two\nlines", "'quoted'", "", "f:a:b"})
  void everythingElseComesBackAsItWas(String value) {
    List<Csv.Line> lines = parsed("x," + Csv.cell(value) + ",y\r\n");
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0).cells()).containsExactly("x", value, "y");
  }

  @Test
  void linesAreCountedAsAnEditorDoes() {
    List<Csv.Line> lines = parsed("\uFEFFa,b\n\n\"c\nd\",e\r\nf,g");
    assertThat(lines).extracting(Csv.Line::line).containsExactly(1, 3, 5);
    assertThat(lines.get(1).cells()).containsExactly("c\nd", "e");
  }

  @Test
  void aQuoteThatIsNeverClosedEndsWithTheText() {
    assertThat(parsed("a,\"b\nc").get(0).cells()).containsExactly("a", "b\nc");
  }

  /** Where a line has more than any file of ours needs, the rest is not kept. */
  @Test
  void aLineOfManyCellsTakesLittleRoom() {
    assertThat(parsed(",".repeat(100_000)).get(0).cells()).hasSizeLessThan(100);
  }

  private static List<Csv.Line> parsed(String text) {
    List<Csv.Line> lines = new ArrayList<>();
    try {
      Csv.parse(new StringReader(text), lines::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }
}
