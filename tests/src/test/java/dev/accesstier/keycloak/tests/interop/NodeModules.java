// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.interop;

import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The packages that {@code package-lock.json} pins. They are installed at their first use; where
 * that fails, for want of npm or a network, tests are skipped or, where all tests must run, fail.
 */
final class NodeModules implements ExecutionCondition {

  private static final int LIMIT_MINUTES = 5;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Path log = TestServer.folder("npm.log");
    if (isCurrent() || installs(log)) {
      return ConditionEvaluationResult.enabled("the packages are installed");
    }
    String reason = "npm ci failed; see " + log;
    if (Boolean.parseBoolean(System.getenv("ACCESS_TIER_TEST_ALL"))) {
      throw new IllegalStateException("All tests must run, but " + reason);
    }
    return ConditionEvaluationResult.disabled(reason);
  }

  /** Where {@code package.json} is. */
  static Path folder() {
    return Path.of(System.getProperty("access-tier.interop"));
  }

  /** npm keeps a lock file of what it installed. */
  private static boolean isCurrent() {
    try {
      FileTime wanted = Files.getLastModifiedTime(folder().resolve("package-lock.json"));
      Path installed = folder().resolve("node_modules/.package-lock.json");
      return Files.exists(installed) && Files.getLastModifiedTime(installed).compareTo(wanted) >= 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean installs(Path log) {
    try {
      Files.createDirectories(log.getParent());
      Process npm =
          new ProcessBuilder("npm", "ci")
              .directory(folder().toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      npm.getOutputStream().close();
      boolean ended = npm.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
      npm.descendants().forEach(ProcessHandle::destroyForcibly);
      npm.destroyForcibly();
      return ended && npm.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
