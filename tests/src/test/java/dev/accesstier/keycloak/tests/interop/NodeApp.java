// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code tests/interop/client.mjs} in a process of its own: what it says, and what it is told. */
final class NodeApp implements AutoCloseable {

  private static final int LIMIT_SECONDS = 120;

  private final Process process;
  private final BufferedReader says;
  private final PrintWriter told;

  NodeApp(String library, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("node", "client.mjs", library)
            .directory(NodeModules.folder().toFile())
            .redirectError(TestServer.folder(library + ".log").toFile());
    builder.environment().putAll(environment);
    process = builder.start();
    // One that hangs ends, so that the next line is missing.
    process.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).exceptionally(late -> killed());
    says = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    told = new PrintWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8), true);
  }

  private Process killed() {
    return process.destroyForcibly();
  }

  JsonNode next() {
    try {
      String line = says.readLine();
      if (line == null) {
        throw new AssertionError("The app ended; see its log");
      }
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void tell(Object line) {
    told.println(line);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
