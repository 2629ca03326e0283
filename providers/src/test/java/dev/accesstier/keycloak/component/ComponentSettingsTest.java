// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.accesstier.keycloak.database.AuthDatabaseSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;

class ComponentSettingsTest {

  private static final ServerDefaults NO_DEFAULTS = key -> null;

  private static ComponentModel component(Map<String, String> config) {
    ComponentModel component = new ComponentModel();
    config.forEach(component.getConfig()::putSingle);
    return component;
  }

  private static ComponentSettings settings(Map<String, String> config, ServerDefaults defaults) {
    return ComponentSettings.of(component(config), defaults, UnaryOperator.identity());
  }

  @Test
  void anEmptyComponentIsWellFormedAndHasNoDatabase() {
    ComponentSettings settings = settings(Map.of(), NO_DEFAULTS);

    assertThat(settings.database()).isEmpty();
    assertThat(settings.ownConnection()).isFalse();
    assertThat(settings.editMode()).isEqualTo(EditMode.READ_ONLY);
  }

  private static final ServerDefaults SERVER =
      Map.of(
              "jdbcUrl", "jdbc:postgresql://db/app",
              "username", "kc",
              "password", "s",
              "betterAuthSecret", "geheim",
              "schema", "accounts")
          ::get;

  @Test
  void withoutAConnectionOfItsOwnAComponentHasTheServers() {
    ComponentSettings settings = settings(Map.of("poolMaxSize", "3"), SERVER);

    assertThat(settings.ownConnection()).isFalse();
    assertThat(settings.betterAuthSecret()).isEqualTo("geheim");
    assertThat(settings.database())
        .contains(database("jdbc:postgresql://db/app", "kc", "s", "accounts", 3));
  }

  @Test
  void withAUrlOfItsOwnNothingSecretComesFromTheServer() {
    ComponentSettings settings = settings(Map.of("jdbcUrl", "jdbc:postgresql://mine/app"), SERVER);

    assertThat(settings.ownConnection()).isTrue();
    assertThat(settings.betterAuthSecret()).isNull();
    assertThat(settings.database())
        .contains(
            database("jdbc:postgresql://mine/app?sslcert=&sslkey=", null, "", "accounts", 10));
  }

  @ParameterizedTest
  @CsvSource({"username,mine,mine,''", "password,mine,,mine"})
  void withCredentialsOfItsOwnOnlyTheUrlComesFromTheServer(
      String key, String value, @Nullable String username, String password) {
    ComponentSettings settings = settings(Map.of(key, value), SERVER);

    assertThat(settings.ownConnection()).isTrue();
    assertThat(settings.betterAuthSecret()).isNull();
    assertThat(settings.database())
        .contains(database("jdbc:postgresql://db/app", username, password, "accounts", 10));
  }

  private static AuthDatabaseSettings database(
      String url, @Nullable String username, String password, String schema, int poolMaxSize) {
    return new AuthDatabaseSettings(
        url,
        username,
        password,
        schema,
        poolMaxSize,
        Duration.ofMillis(1500),
        Duration.ofSeconds(5));
  }

  @Test
  void theServersUrlMayHaveArgumentsButNotTheOneThatEndsTheTimeLimit() {
    String url = "jdbc:postgresql://db/app?sslrootcert=/etc/ca.crt";
    assertThat(settings(Map.of(), Map.of("jdbcUrl", url)::get).database()).isPresent();
    assertThatThrownBy(() -> settings(Map.of(), Map.of("jdbcUrl", url + "&options=-c%20x=y")::get))
        .isInstanceOf(ComponentValidationException.class)
        .hasMessageContaining("options");
  }

  @Test
  void aPasswordMayBeAReferenceToTheVault() {
    ComponentSettings settings =
        ComponentSettings.of(
            component(Map.of("jdbcUrl", "jdbc:postgresql://db/app", "password", "${vault.db}")),
            NO_DEFAULTS,
            text -> text.equals("${vault.db}") ? "resolved" : text);

    assertThat(settings.database().orElseThrow().password()).isEqualTo("resolved");
  }

  @Test
  void settingsDoNotPrintThePassword() {
    AuthDatabaseSettings database =
        settings(
                Map.of("jdbcUrl", "jdbc:postgresql://db/app?sslmode=require", "password", "geheim"),
                NO_DEFAULTS)
            .database()
            .orElseThrow();

    assertThat(database.toString()).doesNotContain("geheim");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbcUrl,jdbc:mysql://db/app",
    "schema,auth; drop",
    "schema,Auth",
    "poolMaxSize,1",
    "poolMaxSize,many",
    "queryTimeout,99",
    "searchTimeout,99",
    "editMode,WRITE",
    "deleteMode,NEVER",
    "tierEditable,yes",
    "providerAliases,google"
  })
  void aWrongValueIsRefusedWithASentenceThatNamesTheOption(String key, String value) {
    String label =
        Arrays.stream(Option.values())
            .filter(option -> option.key().equals(key))
            .findFirst()
            .orElseThrow()
            .label();

    assertThatThrownBy(() -> settings(Map.of(key, value), NO_DEFAULTS))
        .isInstanceOf(ComponentValidationException.class)
        .hasMessageContaining(label)
        .message()
        // Keycloak formats it with MessageFormat, which eats single quotes and braces.
        .doesNotContain("'", "{");
  }
}
