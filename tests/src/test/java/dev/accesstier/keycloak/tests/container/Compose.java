// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.UUID;

/** A stack of {@code docker/compose.yml} under a name and a port of its own. */
final class Compose implements AutoCloseable {

  private static final String OVERRIDES = "tests/src/test/resources/container/";

  private final String project = "access-tier-" + UUID.randomUUID().toString().substring(0, 8);
  private final int port = freePort();
  private final Command command;

  Compose() {
    command =
        (Command.of("docker", "compose", "version").succeeds()
                ? Command.of("docker", "compose")
                : Command.of("docker-compose"))
            .variable("HTTP_PORT", Integer.toString(port))
            .variable("KEYCLOAK_IMAGE", Containers.IMAGE)
            .with("-p", project, "-f", "docker/compose.yml", "-f", OVERRIDES + "nodes.yml");
  }

  /** Runs a command of compose and returns what it printed. */
  String run(String... words) {
    return command.with(words).run();
  }

  /** Likewise, with one more file of the tests. */
  String runWith(String override, String... words) {
    return command.with("-f", OVERRIDES + override).with(words).run();
  }

  /** Through the proxy. */
  String url() {
    return "http://localhost:" + port;
  }

  /** Past the proxy. */
  String nodeUrl(String service) {
    return "http://" + lastLine(run("port", service, "8080"));
  }

  /** What a format of {@code docker inspect} says of a service's container. */
  String inspect(String service, String format) {
    String id = lastLine(run("ps", "-a", "-q", service));
    return Command.of("docker", "inspect", "-f", format, id).run().trim();
  }

  /** Runs statements in database {@code auth}, as its owner. */
  void sql(String statements) {
    command
        .with("exec", "-T", "postgres")
        .with("psql", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "auth")
        .with("-c", statements)
        .run();
  }

  /** Warnings come before it. */
  private static String lastLine(String printed) {
    return printed.substring(printed.trim().lastIndexOf('\n') + 1).trim();
  }

  @Override
  public void close() {
    run("down", "-v", "-t", "1");
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
