// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.support;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Tools beside the JDK that a test needs. Where one is missing the test is skipped, visibly; with
 * {@code ACCESS_TIER_TEST_ALL=true} in the environment it fails instead.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Needs.Condition.class)
public @interface Needs {

  Tool[] value();

  /** A tool, and the commands, parted by a bar, of which one must succeed. */
  enum Tool {
    DOCKER("docker info"),
    COMPOSE("docker compose version|docker-compose version"),
    CHROMIUM("chromium --version|chromium-browser --version|google-chrome --version"),
    NODE("node --version");

    private static final int LIMIT_SECONDS = 30;

    private final String commands;

    Tool(String commands) {
      this.commands = commands;
    }

    boolean isMissing() {
      return Arrays.stream(commands.split("\\|", -1)).noneMatch(Tool::succeeds);
    }

    private static boolean succeeds(String command) {
      try {
        Process process =
            new ProcessBuilder(command.split(" ", -1))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        return ended && process.exitValue() == 0;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  /** Asks for the tools before the test, or its class, begins. */
  final class Condition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      List<Tool> missing =
          AnnotationSupport.findAnnotation(context.getElement(), Needs.class).stream()
              .flatMap(needs -> Arrays.stream(needs.value()))
              .filter(Tool::isMissing)
              .toList();
      if (missing.isEmpty()) {
        return ConditionEvaluationResult.enabled("has what it needs");
      }
      if (Boolean.parseBoolean(System.getenv("ACCESS_TIER_TEST_ALL"))) {
        throw new IllegalStateException("All tests must run, but there is no " + missing);
      }
      return ConditionEvaluationResult.disabled("there is no " + missing);
    }
  }
}
