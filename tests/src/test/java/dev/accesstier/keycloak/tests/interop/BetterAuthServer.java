// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * {@code tests/interop/server.mjs} in a process of its own, on the fixture's rows. It ends with
 * this virtual machine, which holds its standard input open.
 */
final class BetterAuthServer {

  private static final int START_LIMIT_SECONDS = 60;

  private final BetterAuth version;
  private final String url;

  private BetterAuthServer(BetterAuth version, String url) {
    this.version = version;
    this.url = url;
  }

  /** Starts it on a new database. */
  static BetterAuthServer start(BetterAuth version) {
    PostgresServer postgres = TestServer.shared().postgres();
    Fixture.load(postgres.createDatabase(version.database()));
    if (!version.newColumns().isEmpty()) {
      postgres.execute(version.database(), version.newColumns());
    }
    return run(version, "", Map.of());
  }

  /** One more on the same tables, with the secrets of {@code BETTER_AUTH_SECRETS} as well. */
  BetterAuthServer withSecrets(String secrets) {
    return run(version, "-rotated", Map.of("BETTER_AUTH_SECRETS", secrets));
  }

  /** One more on the same tables, which keeps only hashes of what it mails. */
  BetterAuthServer hashing() {
    return run(version, "-hashing", Map.of("STORE_IDENTIFIER", "hashed"));
  }

  private static BetterAuthServer run(
      BetterAuth version, String kind, Map<String, String> environment) {
    PostgresServer postgres = TestServer.shared().postgres();
    ProcessBuilder builder =
        new ProcessBuilder("node", "server.mjs")
            .directory(NodeModules.folder().toFile())
            .redirectError(TestServer.folder(version.folder() + kind + ".log").toFile());
    builder.environment().putAll(environment);
    builder.environment().put("BETTER_AUTH", version.folder());
    builder.environment().put("BETTER_AUTH_SECRET", Fixture.known().secret());
    builder
        .environment()
        .put(
            "DATABASE_URL",
            "postgresql://%s:%s@127.0.0.1:%d/%s"
                .formatted(
                    PostgresServer.USER,
                    PostgresServer.PASSWORD,
                    postgres.port(),
                    version.database()));
    try {
      return new BetterAuthServer(version, firstLine(builder.start()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without a slash at its end. */
  String url() {
    return url;
  }

  String database() {
    return version.database();
  }

  /** A visitor without cookies. */
  BetterAuthClient visitor() {
    return new BetterAuthClient(url);
  }

  private static String firstLine(Process process) {
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line =
        CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return out.readLine();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                })
            .completeOnTimeout(null, START_LIMIT_SECONDS, TimeUnit.SECONDS)
            .join();
    if (line == null) {
      process.destroyForcibly();
      throw new IllegalStateException("Better Auth did not start; see its log");
    }
    return line;
  }
}
