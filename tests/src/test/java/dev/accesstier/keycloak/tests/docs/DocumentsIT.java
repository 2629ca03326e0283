// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages hold together, and the code in them is code that a test runs. */
final class DocumentsIT {

  private static final Path ROOT = TestServer.jar().resolve("../../..").normalize();
  private static final Pattern BLOCK = Pattern.compile("(?s)```(\\w*)\\n(.*?)```");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    }
    try (Stream<Path> files = Files.list(ROOT)) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    }
    return pages;
  }

  private static String prose(Path page) throws IOException {
    return BLOCK.matcher(Files.readString(page)).replaceAll("");
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (MatchResult link : LINK.matcher(prose(page)).results().toList()) {
        String target = link.group(1);
        if (!target.startsWith("http") && !leadsSomewhere(page, target)) {
          broken.add(ROOT.relativize(page) + ": " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static boolean leadsSomewhere(Path from, String target) throws IOException {
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path file = path.isEmpty() ? from : from.resolveSibling(path).normalize();
    return Files.exists(file)
        && (hash < 0
            || !file.toString().endsWith(".md")
            || anchors(file).contains(target.substring(hash + 1)));
  }

  private static List<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(prose(page))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1"))
        .map(heading -> heading.replaceAll("[^\\w\\- ]", "").trim().replace(' ', '-'))
        .toList();
  }

  /** What an app does is shown with lines of the apps that the tests run. */
  @Test
  void theCodeOfAppsIsRun() throws IOException {
    String run =
        withoutSpace(
            Files.readString(ROOT.resolve("tests/interop/client.mjs"))
                + Files.readString(
                    ROOT.resolve(
                        "tests/src/test/java/dev/accesstier/keycloak/tests/interop/SpringSecurityIT.java")));
    List<String> shown =
        BLOCK
            .matcher(Files.readString(ROOT.resolve("docs/apps.md")))
            .results()
            .filter(block -> block.group(1).matches("js|java"))
            .map(block -> withoutSpace(block.group(2)))
            .collect(Collectors.toList());

    assertThat(shown).isNotEmpty().allSatisfy(block -> assertThat(run).contains(block));
  }

  private static String withoutSpace(String text) {
    return text.replaceAll("\\s+", "");
  }
}
