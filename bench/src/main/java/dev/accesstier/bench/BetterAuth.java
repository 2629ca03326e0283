// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.bench;

import dev.accesstier.devserver.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The real Better Auth on the same tables, where there is a Node to run it. */
final class BetterAuth implements AutoCloseable {

  private final Process process;
  private final String url;

  private BetterAuth(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Empty where Node or its packages cannot be had; the run says so. */
  static Optional<BetterAuth> start(
      Path interop, String version, PostgresServer postgres, String secret, Path log) {
    try {
      if (!Files.isDirectory(interop.resolve("node_modules")) && !run(interop, log, "npm", "ci")) {
        return Optional.empty();
      }
      ProcessBuilder builder =
          new ProcessBuilder("node", "server.mjs")
              .directory(interop.toFile())
              .redirectError(log.toFile());
      Map<String, String> environment = builder.environment();
      environment.put("BETTER_AUTH", version);
      environment.put(
          "DATABASE_URL",
          "postgres://%s:%s@127.0.0.1:%d/auth"
              .formatted(PostgresServer.USER, PostgresServer.PASSWORD, postgres.port()));
      environment.put("BETTER_AUTH_SECRET", secret);
      Process process = builder.start();
      String url =
          new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      return url == null ? Optional.empty() : Optional.of(new BetterAuth(process, url));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean run(Path folder, Path log, String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      return process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A sign-in of the people whom {@link Server#login} signs in. */
  Load login() {
    return new Load(
        url + "/api/auth/sign-in/email",
        Map.of("Content-Type", "application/json", "Origin", url),
        "{\"email\":\"load"
            + Load.CONNECTION
            + "@bench.test\",\"password\":\""
            + Server.PASSWORD
            + "\"}");
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
