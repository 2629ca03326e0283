// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Reads from PostgreSQL's log which statements touched schema {@code auth}. */
public final class AuthStatements {

  private static final Pattern STATEMENT =
      Pattern.compile(
          "LOG: +(execute [^:]+|statement): (select|insert|update|delete|with)\\b.*\\bauth\\..*",
          Pattern.CASE_INSENSITIVE);

  private final Path log;

  public AuthStatements() {
    this.log = TestServer.shared().postgres().logFile();
  }

  /** What the action's statements were. */
  public List<String> during(Runnable action) {
    int before = text().length();
    action.run();
    return text().substring(before).lines().filter(line -> STATEMENT.matcher(line).find()).toList();
  }

  private String text() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
