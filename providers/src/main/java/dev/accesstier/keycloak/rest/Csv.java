// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import java.util.ArrayList;
import java.util.List;

/** Comma-separated values as in RFC 4180, in UTF-8. */
final class Csv {

  /** What spreadsheets take for a formula. */
  private static final String FORMULA = "=+-@\t\r";

  /**
   * A record of a file.
   *
   * @param line where it begins, from 1
   */
  record Line(int line, List<String> cells) {}

  private Csv() {}

  /** A cell as text, never a formula: one that begins like such gets an apostrophe first. */
  static String cell(String value) {
    String safe = !value.isEmpty() && FORMULA.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
    return safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
        ? '"' + safe.replace("\"", "\"\"") + '"'
        : safe;
  }

  /** The other way round, for a file that went through {@link #cell}. */
  static String value(String cell) {
    return cell.length() > 1 && cell.charAt(0) == '\'' && FORMULA.indexOf(cell.charAt(1)) >= 0
        ? cell.substring(1)
        : cell;
  }

  /** Empty lines are left out; a quote that is never closed ends with the text. */
  static List<Line> parse(String text) {
    return new Parser(text).lines();
  }

  private static final class Parser {

    private final String text;
    private final List<Line> lines = new ArrayList<>();
    private final StringBuilder cell = new StringBuilder();
    private List<String> cells = new ArrayList<>();
    private boolean quoted;
    private int line = 1;
    private int begin = 1;

    Parser(String text) {
      this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    List<Line> lines() {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\n') {
          line++;
        }
        if (quoted) {
          if (c != '"') {
            cell.append(c);
          } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
            cell.append(c);
            i++;
          } else {
            quoted = false;
          }
        } else if (c == '"' && cell.isEmpty()) {
          quoted = true;
        } else if (c == ',') {
          endCell();
        } else if (c == '\n') {
          endLine();
        } else if (c != '\r') {
          cell.append(c);
        }
      }
      endLine();
      return lines;
    }

    private void endCell() {
      cells.add(cell.toString());
      cell.setLength(0);
    }

    private void endLine() {
      endCell();
      if (cells.size() > 1 || !cells.get(0).isBlank()) {
        lines.add(new Line(begin, cells));
      }
      cells = new ArrayList<>();
      begin = line;
    }
  }
}
