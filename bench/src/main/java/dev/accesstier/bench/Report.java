// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A run: a table for people, JSON for programs, a picture for the docs.
 *
 * @param notes what could not be measured
 */
record Report(
    String mode,
    String date,
    String machine,
    int users,
    Load.@Nullable Result generator,
    Hashing.Measured hashing,
    List<Comparison.Measured> measured,
    List<String> notes) {

  private static final int BAR = 26;
  private static final int LABELS = 420;
  private static final int WIDTH = 860;

  void write(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(mode + ".json"), json());
      Files.writeString(folder.resolve(mode + ".md"), table());
      Files.writeString(folder.resolve(mode + ".svg"), picture());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String json() throws JsonProcessingException {
    return Http.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
  }

  String table() {
    List<String> lines = new ArrayList<>();
    lines.add("%s, %s, %,d users, mode %s.".formatted(date, machine, users, mode));
    lines.add("");
    lines.add(
        "| what | connections | here, 1/s | p95, ms | peer | 1/s | p95, ms | ratio | errors |");
    lines.add("|---|---|---|---|---|---|---|---|---|");
    for (Comparison.Measured one : measured) {
      lines.add(
          "| %s | %d | %.1f (%.1f–%.1f) | %.1f | %s | %.1f (%.1f–%.1f) | %.1f | **%.2f** | %d |"
              .formatted(
                  one.name(),
                  one.connections(),
                  one.ours().perSecond(),
                  one.ours().spread()[0],
                  one.ours().spread()[1],
                  one.ours().p95(),
                  one.peer(),
                  one.theirs().perSecond(),
                  one.theirs().spread()[0],
                  one.theirs().spread()[1],
                  one.theirs().p95(),
                  one.ratio(),
                  one.ours().errors() + one.theirs().errors()));
    }
    lines.add("");
    lines.add(
        "One scrypt hash: %.1f ms here (%s), %.1f ms by BouncyCastle, %.2f of its time."
            .formatted(
                hashing.ours(), hashing.implementation(), hashing.bouncyCastle(), hashing.ratio()));
    if (generator != null) {
      lines.add("");
      lines.add(
          "The load generator by itself: %,.0f requests a second at 8 connections."
              .formatted(generator.perSecond()));
    }
    notes.forEach(note -> lines.add("\n" + note));
    return String.join("\n", lines).replace('\u00a0', ' ') + "\n";
  }

  /** A bar for each ratio, with a line where both are equal. */
  private String picture() {
    int height = (measured.size() + 1) * BAR + 20;
    double most =
        Math.max(2, measured.stream().mapToDouble(Comparison.Measured::ratio).max().orElse(1));
    double unit = (WIDTH - LABELS - 60) / most;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">\n"
            .formatted(WIDTH, height));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    int y = 10;
    for (Comparison.Measured one : measured) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"10\" y=\"%d\">%s, %d connections, against %s</text>%n",
              y + 16,
              escaped(one.name()),
              one.connections(),
              escaped(one.peer())));
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
              LABELS,
              y + 3,
              one.ratio() * unit,
              BAR - 8,
              one.ratio() >= 1 ? "#3e8635" : "#795600"));
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\">%.2f</text>%n",
              LABELS + one.ratio() * unit + 6,
              y + 16,
              one.ratio()));
      y += BAR;
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"6\" y2=\"%2$d\" stroke=\"#151515\" stroke-dasharray=\"4\"/>%n",
            LABELS + unit,
            y));
    svg.append(
        String.format(
            Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">as fast</text>%n", LABELS + unit - 20, y + 16));
    return svg.append("</svg>\n").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
