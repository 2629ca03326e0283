// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.keycloak.provider.ProviderFactory;

/** What stands in for a provider of Keycloak's own is looked at when a server starts, and wins. */
class OwnProviderTest {

  private static final Path SERVICES = Path.of("src/main/resources/META-INF/services");

  private record InPlaceOf(ProviderFactory<?> ours, ProviderFactory<?> keycloaks) {}

  @Test
  void whateverHasAnIdOfKeycloaksIsLookedAtWhenTheServerStarts() {
    List<Class<?>> lookedAt =
        Arrays.stream(OwnProvider.values())
            .<Class<?>>map(own -> own.expected().getClass())
            .toList();

    assertThat(replacements()).isNotEmpty();
    assertThat(replacements().stream().<Class<?>>map(one -> one.ours().getClass()))
        .isSubsetOf(lookedAt);
  }

  @Test
  void itWins() {
    assertThat(replacements())
        .allSatisfy(
            one ->
                assertThat(one.ours().order())
                    .as(one.toString())
                    .isGreaterThanOrEqualTo(one.keycloaks().order() + 100));
  }

  @Test
  void eachMakesWhatItsSpiIsMadeOf() {
    assertThat(OwnProvider.values())
        .allSatisfy(own -> assertThat(own.spi().isInterface()).isTrue())
        .extracting(own -> own.spi().getName() + own.expected().getId())
        .doesNotHaveDuplicates();
  }

  private static List<InPlaceOf> replacements() {
    try (Stream<Path> services = Files.list(SERVICES)) {
      return services
          .map(file -> factories(file.getFileName().toString()))
          .flatMap(OwnProviderTest::replacements)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<InPlaceOf> replacements(List<ProviderFactory<?>> all) {
    return all.stream()
        .filter(OwnProviderTest::isOurs)
        .flatMap(
            ours ->
                all.stream()
                    .filter(other -> !isOurs(other) && other.getId().equals(ours.getId()))
                    .map(keycloaks -> new InPlaceOf(ours, keycloaks)));
  }

  private static boolean isOurs(ProviderFactory<?> factory) {
    return factory.getClass().getName().startsWith("dev.accesstier.");
  }

  private static List<ProviderFactory<?>> factories(String service) {
    try {
      return ServiceLoader.load(Class.forName(service)).stream()
          .filter(provider -> ProviderFactory.class.isAssignableFrom(provider.type()))
          .<ProviderFactory<?>>map(provider -> (ProviderFactory<?>) provider.get())
          .toList();
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
