// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command, run in the repository's root. */
record Command(List<String> words, Map<String, String> environment) {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  static Command of(String... words) {
    return new Command(List.of(words), Map.of());
  }

  Command with(String... more) {
    List<String> longer = new ArrayList<>(words);
    longer.addAll(List.of(more));
    return new Command(List.copyOf(longer), environment);
  }

  Command variable(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new Command(words, Map.copyOf(more));
  }

  /** Whether it ends well. */
  boolean succeeds() {
    try {
      run();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /**
   * What it printed, errors included.
   *
   * @throws IllegalStateException with what it printed, when it fails or takes too long
   */
  String run() {
    try {
      // By a file: who reads a pipe waits for every process that holds its other end.
      Path output = Files.createTempFile("command", ".log");
      try {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.directory(root()).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        if (!ended || process.exitValue() != 0) {
          throw new IllegalStateException(String.join(" ", words) + " failed:\n" + printed);
        }
        return printed;
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted in " + words.get(0), e);
    }
  }

  private static File root() {
    return TestServer.jar().resolve("../../..").normalize().toFile();
  }
}
