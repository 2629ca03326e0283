// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {

  /** Hashes of the real Better Auth 1.5.6, with their plaintexts. */
  private static JsonNode known() {
    try (InputStream json = PasswordHashTest.class.getResourceAsStream("/better-auth/known.json")) {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<JsonNode> scryptVectors() {
    return elements(known().at("/vectors/scrypt"));
  }

  private static Stream<JsonNode> users() {
    return elements(known().get("users")).filter(user -> user.hasNonNull("storedHash"));
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("scryptVectors")
  void vectorsOfBetterAuthMatch(JsonNode vector) {
    String password = vector.get("password").asText();

    assertThat(PasswordBytes.nfkc(password))
        .isEqualTo(HexFormat.of().parseHex(vector.get("nfkcUtf8Hex").asText()));
    assertThat(PasswordHash.parse(vector.get("stored").asText()).matches(password)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("users")
  void storedHashesOfUsersMatchTheirPasswords(JsonNode user) {
    PasswordHash hash = PasswordHash.parse(user.get("storedHash").asText());

    assertThat(hash.matches(user.get("password").asText())).isTrue();
    if (user.hasNonNull("passwordAlt")) {
      assertThat(hash.matches(user.get("passwordAlt").asText())).isTrue();
    }
    if (user.hasNonNull("passwordNot")) {
      assertThat(hash.matches(user.get("passwordNot").asText())).isFalse();
    }
  }

  @Nested
  class Scrypt {

    @Test
    void aNewHashHasTheStoredFormAndMatches() {
      ScryptHash hash = ScryptHash.of("Grüße 🔑");

      assertThat(hash.stored()).matches("[0-9a-f]{32}:[0-9a-f]{128}");
      PasswordHash read = PasswordHash.parse(hash.stored());
      assertThat(read.matches("Gru\u0308ße 🔑")).isTrue();
      assertThat(read.matches("Grüße")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\uD83D", "\uDD11b", "\uDD11\uD83D"})
    void anUnpairedSurrogateCountsAsReplacementCharacter(String password) {
      String replaced = password.replaceAll("[\uD800-\uDFFF]", "\uFFFD");

      assertThat(PasswordBytes.nfkc(password)).isEqualTo(replaced.getBytes(StandardCharsets.UTF_8));
      assertThat(PasswordBytes.raw(password)).isEqualTo(replaced.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Nested
  class Bcrypt {

    @ParameterizedTest
    @ValueSource(strings = {"2a", "2b", "2y"})
    void everyVersionInUseMatches(String version) {
      String stored = bcrypt(version, "Grüße");

      assertThat(PasswordHash.parse(stored).matches("Grüße")).isTrue();
      assertThat(PasswordHash.parse(stored).matches("Gru\u0308ße")).isFalse();
    }

    @Test
    void onlyTheFirst72BytesCount() {
      PasswordHash hash = PasswordHash.parse(bcrypt("2b", "x".repeat(72)));

      assertThat(hash.matches("x".repeat(72) + "tail")).isTrue();
      assertThat(hash.matches("x".repeat(71))).isFalse();
    }

    private String bcrypt(String version, String password) {
      return OpenBSDBCrypt.generate(
          version, password.getBytes(StandardCharsets.UTF_8), new byte[16], 4);
    }
  }

  /**
   * Hashes of npm's {@code @node-rs/argon2}, with its defaults and with those of {@code argon2}.
   */
  @Nested
  class Argon2id {

    private static final String PASSWORD = "pässwörd ₤ 🔑";

    @Test
    void bothCommonParameterSetsMatch() {
      assertMatches(
          "$argon2id$v=19$m=19456,t=2,p=1$eJVGUWa2y5d+DTxxTGAu1w$qtKQEa6oocMwkS4oerdIFcCsk8sqMoELCErNQx6ypJA",
          "correct horse battery staple");
      assertMatches(
          "$argon2id$v=19$m=65536,t=3,p=4$hRO4Vc4kEt2XUXNr4YBOvA$h6PHcbwdameN3qPG+9WN88aqv2gFUXr0yEAKONtum+Q",
          PASSWORD);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "m=262145,t=2,p=1",
          "m=19456,t=11,p=1",
          "m=19456,t=0,p=1",
          "m=19456,t=1,p=0",
          "m=19456,t=1,p=17",
          "m=7,t=1,p=1",
          "m=127,t=1,p=16"
        })
    void aCostOutOfBoundsIsRefused(String cost) {
      assertThatThrownBy(() -> PasswordHash.parse(withCost(cost)))
          .isInstanceOf(MalformedHashException.class);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"m=262144,t=1,p=1", "m=19456,t=10,p=1", "m=8,t=1,p=1", "m=128,t=1,p=16"})
    void aCostAtABoundIsTaken(String cost) {
      assertThat(PasswordHash.parse(withCost(cost)).strength()).isNotEmpty();
    }

    private static String withCost(String cost) {
      return "$argon2id$v=19$%s$eJVGUWa2y5d+DTxxTGAu1w$qtKQEa6oocMwkS4oerdIFcCsk8sqMoELCErNQx6ypJA"
          .formatted(cost);
    }

    private void assertMatches(String stored, String password) {
      PasswordHash hash = PasswordHash.parse(stored);
      assertThat(hash.matches(password)).isTrue();
      assertThat(hash.matches(password + " ")).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNewHashOfEachFormatIsReadAgain(PasswordFormat format) {
    String stored = format.hash("Grüße 🔑");

    PasswordHash read = PasswordHash.parse(stored);
    assertThat(PasswordFormat.values()).filteredOn(one -> one.isOf(read)).containsExactly(format);
    assertThat(read.matches("Grüße 🔑")).isTrue();
    assertThat(read.matches("Grüße")).isFalse();
    assertThat(stored).isNotEqualTo(format.hash("Grüße 🔑"));
    assertThat(PasswordHash.parse(format.hash("x".repeat(128))).matches("x".repeat(128))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "abc",
        "$2a$",
        "$2a$31$uBQhvMk7.Tjtbp4rUofGRuZREhc4qwgNJBQatOqqykuuSOg3MVbnK",
        "$2a$16$uBQhvMk7.Tjtbp4rUofGRuZREhc4qwgNJBQatOqqykuuSOg3MVbnK",
        "$2a$03$uBQhvMk7.Tjtbp4rUofGRuZREhc4qwgNJBQatOqqykuuSOg3MVbnK",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b",
        "f1a4622d2d1cab2d25a805eb17d4b7ba:dde0d621034c917253e3da081b6815e498809ab6",
        "F1A4622D2D1CAB2D25A805EB17D4B7BA:zz"
      })
  void aMalformedHashIsRefusedWithoutRepeatingIt(String stored) {
    assertThatThrownBy(() -> PasswordHash.parse(stored))
        .isInstanceOf(MalformedHashException.class)
        .satisfies(
            e -> {
              if (stored.length() > 8) {
                assertThat(e.getMessage()).doesNotContain(stored);
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"04", "15"})
  void aBcryptCostAtABoundIsTaken(String cost) {
    String stored = "$2a$%s$uBQhvMk7.Tjtbp4rUofGRuZREhc4qwgNJBQatOqqykuuSOg3MVbnK".formatted(cost);

    assertThat(PasswordHash.parse(stored).strength())
        .isEqualTo(String.valueOf(Integer.parseInt(cost)));
  }

  @Test
  void printingAHashDoesNotShowIt() {
    ScryptHash hash = ScryptHash.of("secret");

    assertThat(hash.toString()).isNotEmpty();
    assertThat(hash.toString()).doesNotContain(hash.stored().substring(0, 8));
  }
}
