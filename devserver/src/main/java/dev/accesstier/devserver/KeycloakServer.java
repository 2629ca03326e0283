// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real Keycloak on loopback, in a process of its own that ends with ours. */
public final class KeycloakServer implements AutoCloseable {

  /** Name and password of the admin in realm {@code master}. */
  public static final String ADMIN = "admin";

  /** Generous: a crash is seen at once, and a busy machine is merely slow. */
  private static final Duration START_LIMIT = Duration.ofMinutes(10);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
  private static final int LOG_TAIL = 60;

  private final Path home;
  private final KeycloakOptions options;
  private final int port;
  private final int managementPort;
  private final Thread stopAtExit = new Thread(this::kill, "stop-keycloak");
  private @Nullable Process process;

  private KeycloakServer(Path home, KeycloakOptions options) {
    this.home = home;
    this.options = options;
    this.port = Ports.free(options.preferredPort());
    this.managementPort = Ports.free(options.preferredManagementPort());
  }

  /**
   * Makes a fresh server folder, starts the server in development mode and waits until it is ready.
   *
   * @param home the server's folder, deleted first where it exists
   * @throws IllegalStateException with the end of the log when it does not become ready
   */
  public static KeycloakServer start(Path home, KeycloakOptions options) {
    KeycloakServer server = prepare(home, options);
    Runtime.getRuntime().addShutdownHook(server.stopAtExit);
    try {
      server.start();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Makes a fresh server folder, for commands of {@code kc.sh} that start no server. */
  public static Path createHome(Path home, KeycloakOptions options) {
    return prepare(home, options).home;
  }

  private static KeycloakServer prepare(Path home, KeycloakOptions options) {
    KeycloakDistribution.delete(home);
    KeycloakDistribution.configured().createHome(home);
    KeycloakServer server = new KeycloakServer(home, options);
    KeycloakDistribution.delete(server.logFile());
    server.copy(options.providers(), "providers");
    server.copy(options.realms(), "data/import");
    return server;
  }

  /** Starts again after {@link #stop}, with the same folder and ports. */
  public void start() {
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.directory(home.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    // Secrets go by the environment: arguments can be read by every user of the machine.
    builder.environment().putAll(environment());
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitReady(process);
  }

  /** Stops and waits for the end of all its processes. */
  public void stop() {
    Process running = process;
    process = null;
    if (running == null) {
      return;
    }
    List<ProcessHandle> tree =
        Stream.concat(running.descendants(), Stream.of(running.toHandle())).toList();
    tree.forEach(ProcessHandle::destroy);
    Instant limit = Instant.now().plus(STOP_LIMIT);
    for (ProcessHandle handle : tree) {
      try {
        handle
            .onExit()
            .get(
                Math.max(1, Duration.between(Instant.now(), limit).toMillis()),
                TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        handle.destroyForcibly();
      } catch (ExecutionException | TimeoutException e) {
        handle.destroyForcibly();
      }
    }
  }

  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(stopAtExit);
    } catch (IllegalStateException e) {
      // The virtual machine is ending, and the hook has done or is doing its work.
    }
  }

  /** Without a slash at its end. */
  public String baseUrl() {
    return "http://127.0.0.1:" + port;
  }

  /** Where health and metrics are served. */
  public String managementUrl() {
    return "http://127.0.0.1:" + managementPort;
  }

  public Path logFile() {
    return home.resolveSibling(home.getFileName() + ".log");
  }

  public Path home() {
    return home;
  }

  /** Everything the server has printed so far. */
  public String log() {
    try {
      return Files.exists(logFile())
          ? new String(Files.readAllBytes(logFile()), StandardCharsets.UTF_8)
          : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void kill() {
    stop();
  }

  private List<String> command() {
    Stream<String> fixed =
        Stream.of(
            home.resolve("bin/kc.sh").toString(),
            "start-dev",
            "--http-host=127.0.0.1",
            "--http-port=" + port,
            "--http-management-port=" + managementPort,
            "--health-enabled=true",
            "--metrics-enabled=true",
            "--cache=local");
    Stream<String> realms =
        options.realms().isEmpty() ? Stream.empty() : Stream.of("--import-realm");
    return Stream.of(fixed, realms, options.arguments().stream()).flatMap(s -> s).toList();
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(options.environment());
    environment.put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN);
    environment.put("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN);
    environment.put("JAVA_OPTS_KC_HEAP", options.heap());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    return environment;
  }

  private void awaitReady(Process started) {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create(managementUrl() + "/health/ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    Instant limit = Instant.now().plus(START_LIMIT);
    while (Instant.now().isBefore(limit)) {
      if (!started.isAlive()) {
        throw new IllegalStateException("Keycloak ended while starting:\n" + tail());
      }
      try {
        if (http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(250);
      } catch (IOException notYet) {
        pause();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while Keycloak was starting", e);
      }
    }
    throw new IllegalStateException("Keycloak was not ready in " + START_LIMIT + ":\n" + tail());
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(250);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while Keycloak was starting", e);
    }
  }

  private String tail() {
    List<String> lines = log().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
  }

  private void copy(List<Path> files, String folder) {
    for (Path file : files) {
      try {
        Files.copy(
            file,
            home.resolve(folder).resolve(file.getFileName().toString()),
            StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
