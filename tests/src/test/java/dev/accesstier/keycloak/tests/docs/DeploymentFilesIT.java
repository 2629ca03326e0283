// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The examples for other people's tools can be read, and name options that there are. */
final class DeploymentFilesIT {

  private static final Path DEPLOY = TestServer.jar().resolve("../../../deploy").normalize();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** As an argument or as a variable. */
  private static final Pattern OPTION =
      Pattern.compile("spi-storage--auth-schema--([a-z-]+)|SPI_STORAGE__AUTH_SCHEMA__([A-Z_]+)");

  private static final Pattern IN_TERRAFORM = Pattern.compile("(?m)^    (\\w+) += \"");

  private static final Pattern IN_README = Pattern.compile("(?m)(?<=^\\| `|`, `)(\\w+)(?=`)");

  /** Of Keycloak's own. */
  private static final Set<String> CACHE = Set.of("maxLifespan");

  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(DEPLOY)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  /** As the README lists them. */
  private static Set<String> options() throws IOException {
    return IN_README
        .matcher(Files.readString(DEPLOY.resolve("../README.md")))
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toSet());
  }

  @Test
  void yamlCanBeRead() throws IOException {
    List<Path> yaml = files().stream().filter(file -> file.toString().endsWith(".yaml")).toList();

    assertThat(yaml).hasSize(6);
    for (Path file : yaml) {
      try (MappingIterator<JsonNode> documents =
          YAML.readerFor(JsonNode.class).readValues(file.toFile())) {
        assertThat(documents.readAll()).as(file.toString()).allMatch(JsonNode::isObject);
      }
    }
  }

  @Test
  void optionsAreThere() throws IOException {
    Set<String> known =
        options().stream()
            .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    Set<String> named = new TreeSet<>();
    for (Path file : files()) {
      for (MatchResult found : OPTION.matcher(Files.readString(file)).results().toList()) {
        named.add(
            found.group(1) != null
                ? found.group(1)
                : found.group(2).toLowerCase(Locale.ROOT).replace('_', '-'));
      }
    }

    assertThat(named).hasSize(4).isSubsetOf(known);
  }

  @Test
  void terraformSetsOptionsThatThereAre() throws IOException {
    List<String> set =
        IN_TERRAFORM
            .matcher(Files.readString(DEPLOY.resolve("terraform/main.tf")))
            .results()
            .map(found -> found.group(1))
            .filter(name -> !CACHE.contains(name))
            .toList();

    assertThat(set).hasSize(3);
    assertThat(options()).containsAll(set);
  }

  @Test
  void theRealmFileIsPrintedAsAResource() throws IOException, InterruptedException {
    Process script =
        new ProcessBuilder("sh", DEPLOY.resolve("operator/realm-import.sh").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(script.waitFor()).isZero();
    JsonNode resource = YAML.readTree(printed);
    assertThat(resource.path("kind").asText()).isEqualTo("KeycloakRealmImport");
    assertThat(resource.path("spec").path("realm"))
        .isEqualTo(new ObjectMapper().readTree(TestServer.realmExport("mana-realm.json").toFile()));
  }
}
