// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.realm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.keycloak.tests.support.TestServer;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In German, the pages and mails that a person meets have one form of address: du. */
final class FormOfAddressIT {

  private static final Pattern FORMAL =
      Pattern.compile("\\bSie\\b|\\bIhr(?:e|en|em|er|es)?\\b|\\bIhnen\\b");

  @ParameterizedTest
  @ValueSource(strings = {"login", "email"})
  void everyTextOfKeycloakThatIsFormalIsReplaced(String type) throws IOException {
    String file = type + "/messages/messages_de.properties";
    Properties texts = texts(themesOfTheServer(), "theme/base/" + file);
    assertThat(texts.values()).as("there are some").anyMatch(text -> isFormal(text));
    Properties ours = texts(TestServer.jar(), "theme/access-tier/" + file);
    assertThat(texts.keySet()).as("nothing is replaced in vain").containsAll(ours.keySet());
    texts.putAll(ours);
    assertThat(texts.entrySet()).noneMatch(text -> isFormal(text.getValue()));
  }

  @Test
  void ourOwnTextsAreNotFormal() throws IOException {
    Properties ours = texts(TestServer.jar(), "theme-resources/messages/messages_de.properties");
    assertThat(ours.entrySet()).isNotEmpty().noneMatch(text -> isFormal(text.getValue()));
  }

  private static boolean isFormal(Object text) {
    return FORMAL.matcher(text.toString()).find();
  }

  private static Path themesOfTheServer() throws IOException {
    Path libraries = TestServer.shared().keycloak().home().resolve("lib/lib/main");
    try (Stream<Path> files = Files.list(libraries)) {
      return files
          .filter(file -> file.getFileName().toString().matches(".*keycloak-themes-[0-9.]+[.]jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Properties texts(Path jar, String entry) throws IOException {
    Properties texts = new Properties();
    try (JarFile file = new JarFile(jar.toFile())) {
      ZipEntry found = file.getEntry(entry);
      assertThat(found).as(entry).isNotNull();
      texts.load(new InputStreamReader(file.getInputStream(found), StandardCharsets.UTF_8));
    }
    return texts;
  }
}
