// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.bouncycastle.util.encoders.Hex;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Better Auth encrypts, and the codes that are in it. */
class SecondFactorTest {

  private static final JsonNode KNOWN = known();

  /** Ciphertexts and users of the real Better Auth 1.5.6. */
  private static JsonNode known() {
    try (InputStream json = SecondFactorTest.class.getResourceAsStream("/better-auth/known.json")) {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static SecretCipher cipher(String secrets) {
    return new SecretCipher(BetterAuthSecrets.parse(secrets));
  }

  @Nested
  class AnImportedSecret {

    /** The key of RFC 6238, appendix B, and its code at second 59. */
    @ParameterizedTest
    @ValueSource(
        strings = {
          "12345678901234567890",
          "base32:GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
          "base32:gezdgnbvgy3tqojqgezdgnbvgy3tqojq"
        })
    void isTheKeyThatItEncodes(String secret) {
      assertThat(Totp.of(secret).code(1)).isEqualTo("287082");
    }

    /** RFC 4648, section 10: "foob". */
    @ParameterizedTest
    @ValueSource(strings = {"base32:MZXW6YQ=", "base32:MZXW6YQ", "foob"})
    void mayLackItsPadding(String secret) {
      assertThat(Totp.of(secret).code(7)).isEqualTo(Totp.of("foob").code(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base32:", "base32:1890", "base32:MZXW 6YQ", "base32:M", ""})
    void thatCannotBeDecodedIsUnreadable(String secret) {
      assertThatThrownBy(() -> Totp.of(secret)).isInstanceOf(UnreadableSecretException.class);
    }
  }

  @Nested
  class Cipher {

    private static final String SECRET = "fixture-secret-for-local-tests-only-42";

    static Stream<JsonNode> symmetric() {
      return elements(KNOWN.at("/vectors/symmetric"));
    }

    static Stream<JsonNode> envelopes() {
      return elements(KNOWN.at("/vectors/envelope"));
    }

    static Stream<JsonNode> usersWithTotp() {
      return elements(KNOWN.get("users")).filter(user -> user.has("twoFactorRow"));
    }

    @ParameterizedTest
    @MethodSource("symmetric")
    void vectorsOfBetterAuthAreRead(JsonNode vector) {
      SecretCipher cipher = cipher(vector.get("key").asText());
      String plain = vector.get("plaintext").asText();

      assertThat(cipher.decrypt(vector.get("ciphertextHex").asText())).isEqualTo(plain);
      String again = cipher.encrypt(plain);
      assertThat(again)
          .matches("[0-9a-f]+")
          .hasSameSizeAs(vector.get("ciphertextHex").asText())
          .isNotEqualTo(cipher.encrypt(plain));
      assertThat(cipher.decrypt(again)).isEqualTo(plain);
    }

    @ParameterizedTest
    @MethodSource("envelopes")
    void versionedVectorsAreReadAndTheFirstVersionIsWritten(JsonNode vector) {
      String secrets =
          elements(vector.get("secrets"))
              .map(s -> s.get("version").asText() + ":" + s.get("value").asText())
              .collect(Collectors.joining(", "));
      SecretCipher cipher = cipher(secrets);
      String plain = vector.get("plaintext").asText();

      assertThat(cipher.decrypt(vector.get("stored").asText())).isEqualTo(plain);
      assertThat(cipher.encrypt(plain)).startsWith("$ba$1$");
      assertThat(cipher.decrypt(cipher.encrypt(plain))).isEqualTo(plain);
    }

    @ParameterizedTest
    @MethodSource("usersWithTotp")
    void secretsOfUsersAreRead(JsonNode user) {
      String stored = user.at("/twoFactorRow/secretCiphertext").asText();

      assertThat(cipher(KNOWN.get("BETTER_AUTH_SECRET").asText()).decrypt(stored))
          .isEqualTo(user.get("totpSecretUtf8").asText());
    }

    @Test
    void bareHexBesideVersionsTakesTheEntryWithoutAVersion() {
      String bare = cipher(SECRET).encrypt("plain");

      assertThat(cipher("2:new-secret,1:old-secret," + SECRET).decrypt(bare)).isEqualTo("plain");
      assertThatThrownBy(() -> cipher("2:new-secret,1:" + SECRET).decrypt(bare))
          .isInstanceOf(UnreadableSecretException.class);
    }

    static List<String> broken() {
      String whole = cipher(SECRET).encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
      char last = whole.charAt(whole.length() - 1);
      return List.of(
          "",
          " ",
          "not hex",
          whole.substring(1),
          whole.substring(2),
          whole.substring(0, 40),
          whole.substring(0, whole.length() - 1) + (last == '0' ? '1' : '0'),
          whole + "00",
          "$ba$1$" + whole,
          "$ba$x$" + whole,
          "$ba$" + whole,
          cipher("another secret").encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
          "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    }

    @ParameterizedTest
    @MethodSource("broken")
    void whatCannotBeReadIsRefusedWithoutRepeatingIt(String stored) {
      assertThatThrownBy(() -> cipher(SECRET).decrypt(stored))
          .isInstanceOf(UnreadableSecretException.class)
          .hasNoCause()
          .satisfies(
              e -> {
                if (stored.length() > 8) {
                  assertThat(e.getMessage()).doesNotContain(stored, SECRET);
                }
              });
    }

    @Test
    void anEmptyColumnIsRefused() {
      assertThatThrownBy(() -> cipher(SECRET).decrypt(null))
          .isInstanceOf(UnreadableSecretException.class);
    }

    /** draft-irtf-cfrg-xchacha-03, A.3.1, but without its associated data: the keystream alone. */
    @Test
    void theKeystreamIsThatOfTheDraft() {
      byte[] key = Hex.decode("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
      byte[] nonce = Hex.decode("404142434445464748494a4b4c4d4e4f5051525354555657");
      byte[] plain = "Ladies and Gentl".getBytes(StandardCharsets.US_ASCII);

      assertThat(Hex.toHexString(XChaCha20Poly1305.seal(key, nonce, plain)))
          .startsWith("bd6d179d3e83d43b9576579493c0e939");
    }
  }

  @Nested
  class Secrets {

    @Test
    void aBareTextIsOneSecretWhateverIsInIt() {
      String text = "a,b:c=d 1:2";

      assertThat(BetterAuthSecrets.parse(text).signing()).isEqualTo(text);
    }

    @Test
    void theFirstOfSeveralSigns() {
      BetterAuthSecrets secrets = BetterAuthSecrets.parse("2:new:secret , 1:old");

      assertThat(secrets.signing()).isEqualTo("new:secret");
      assertThat(secrets.byVersion()).containsEntry(1, "old").hasSize(2);
      assertThat(secrets.toString()).doesNotContain("new", "old");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2:", "2:a,2:b", "2:a,", "2:a,b,c", "2:a,b,1:c"})
    void aListThatIsWrongIsRefusedWithoutRepeatingIt(String text) {
      assertThatThrownBy(() -> BetterAuthSecrets.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .doesNotContain(text);
    }
  }

  @Nested
  class Codes {

    /** RFC 6238 appendix B, the last six of its eight digits. */
    @ParameterizedTest
    @CsvSource({
      "59,287082",
      "1111111109,081804",
      "1111111111,050471",
      "1234567890,005924",
      "2000000000,279037",
      "20000000000,353130"
    })
    void theVectorsOfTheRfcMatch(long second, String code) {
      Totp totp = Totp.of("12345678901234567890");
      Instant then = Instant.ofEpochSecond(second);

      assertThat(totp.code(Totp.step(then))).isEqualTo(code);
      assertThat(totp.matchingStep(code, then)).hasValue(Totp.step(then));
    }

    @Test
    void oneStepBeforeAndAfterIsTakenAndNoMore() {
      Totp totp = Totp.of("FOaBaftC_fYLzgtYSX4fSr160usHj4Qy");
      Instant now = Instant.ofEpochSecond(1_700_000_000);
      long step = Totp.step(now);

      for (long off : new long[] {-1, 0, 1}) {
        assertThat(totp.matchingStep(totp.code(step + off), now)).hasValue(step + off);
      }
      for (long off : new long[] {-2, 2}) {
        assertThat(totp.matchingStep(totp.code(step + off), now)).isEmpty();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00000", "0000000", "ⅣⅣⅣⅣⅣⅣ", "abcdef"})
    void whatIsNoCodeMatchesNothing(String code) {
      assertThat(Totp.of("x").matchingStep(code, Instant.EPOCH)).isEmpty();
    }

    @Test
    void anEmptySecretIsRefused() {
      assertThatThrownBy(() -> Totp.of("")).isInstanceOf(UnreadableSecretException.class);
    }
  }

  @Nested
  class Backup {

    @Test
    void eachCodeIsTakenOnceAsItIsWritten() {
      BackupCodes codes = BackupCodes.parse("[\"abcde-FGHIJ\",\"80hCk-eELQw\"]");

      assertThat(codes.without("abcde-fghij")).isEmpty();
      assertThat(codes.without("abcdeFGHIJ")).isEmpty();
      assertThat(codes.without("")).isEmpty();
      BackupCodes left = codes.without("abcde-FGHIJ").orElseThrow();
      assertThat(left.json()).isEqualTo("[\"80hCk-eELQw\"]");
      assertThat(left.without("abcde-FGHIJ")).isEmpty();
      assertThat(left.without("80hCk-eELQw").orElseThrow().json()).isEqualTo("[]");
    }

    @Test
    void newOnesLookLikeThoseOfBetterAuth() throws IOException {
      BackupCodes codes = BackupCodes.generate();
      List<String> all = new ArrayList<>();
      new ObjectMapper().readTree(codes.json()).forEach(code -> all.add(code.asText()));

      assertThat(all)
          .hasSize(10)
          .doesNotHaveDuplicates()
          .allMatch(code -> code.matches("[a-zA-Z0-9]{5}-[a-zA-Z0-9]{5}"));
      assertThat(codes).asString().doesNotContain(all.get(0));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"", "null", "{}", "{\"a\":\"b\"}", "\"abcde-FGHIJ\"", "[1]", "[null]", "[\"a\""})
    void whatIsNoArrayOfStringsIsRefusedWithoutRepeatingIt(String json) {
      assertThatThrownBy(() -> BackupCodes.parse(json))
          .isInstanceOf(UnreadableSecretException.class)
          .hasNoCause()
          .message()
          .doesNotContain("FGHIJ");
    }
  }
}
