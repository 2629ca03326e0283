// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import java.io.IOException;
import java.io.PushbackReader;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Comma-separated values as in RFC 4180, in UTF-8. */
final class Csv {

  /** What spreadsheets take for a formula, in the full width of East Asian scripts as well. */
  private static final String FORMULA = "=+-@\t\r\n＝＋－＠";

  /** More than a line of any file of ours has; what is beyond is not kept. */
  private static final int MOST_CELLS = 16;

  private static final int BYTE_ORDER_MARK = '\uFEFF';

  /**
   * A record of a file.
   *
   * @param line where it begins, from 1
   */
  record Line(int line, List<String> cells) {}

  private Csv() {}

  /**
   * A cell as text, never a formula: one that begins like such gets an apostrophe first. It is
   * quoted, since spreadsheets of some countries split lines elsewhere than at the comma.
   */
  static String cell(String value) {
    String safe = !value.isEmpty() && FORMULA.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
    return '"' + safe.replace("\"", "\"\"") + '"';
  }

  /** The other way round, for a file that went through {@link #cell}. */
  static String value(String cell) {
    return cell.length() > 1 && cell.charAt(0) == '\'' && FORMULA.indexOf(cell.charAt(1)) >= 0
        ? cell.substring(1)
        : cell;
  }

  /**
   * Reads line by line. Empty lines are left out; a quote that is never closed ends with the text.
   *
   * @param lines is told each line as soon as it is read
   */
  static void parse(Reader text, Consumer<Line> lines) throws IOException {
    new Parser(new PushbackReader(text), lines).run();
  }

  private static final class Parser {

    private final PushbackReader text;
    private final Consumer<Line> lines;
    private final StringBuilder cell = new StringBuilder();
    private List<String> cells = new ArrayList<>();
    private boolean quoted;
    private int line = 1;
    private int begin = 1;

    Parser(PushbackReader text, Consumer<Line> lines) {
      this.text = text;
      this.lines = lines;
    }

    void run() throws IOException {
      int first = text.read();
      if (first >= 0 && first != BYTE_ORDER_MARK) {
        text.unread(first);
      }
      for (int c = text.read(); c >= 0; c = text.read()) {
        if (c == '\n') {
          line++;
        }
        if (quoted) {
          readQuoted((char) c);
        } else {
          readPlain((char) c);
        }
      }
      endLine();
    }

    private void readQuoted(char c) throws IOException {
      if (c != '"') {
        cell.append(c);
        return;
      }
      int next = text.read();
      if (next == '"') {
        cell.append(c);
        return;
      }
      quoted = false;
      if (next >= 0) {
        text.unread(next);
      }
    }

    private void readPlain(char c) {
      if (c == '"' && cell.isEmpty()) {
        quoted = true;
      } else if (c == ',') {
        endCell();
      } else if (c == '\n') {
        endLine();
      } else if (c != '\r') {
        cell.append(c);
      }
    }

    private void endCell() {
      if (cells.size() < MOST_CELLS) {
        cells.add(cell.toString());
      }
      cell.setLength(0);
    }

    private void endLine() {
      endCell();
      if (cells.size() > 1 || !cells.get(0).isBlank()) {
        lines.accept(new Line(begin, cells));
      }
      cells = new ArrayList<>();
      begin = line;
    }
  }
}
