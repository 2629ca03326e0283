// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.crypto.generators.SCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The variants of scrypt against the RFC and against BouncyCastle. */
class ScryptTest {

  private static final long SEED = 7914;

  /** The Vector API is there: the build's test JVM has its module. */
  private static Stream<ScryptMix> variants() {
    return Stream.of(new ScalarMix(), new VectorMix());
  }

  /** RFC 7914, section 12; its last vector takes a gibibyte and is left out. */
  @ParameterizedTest
  @MethodSource("variants")
  void vectorsOfTheRfc(ScryptMix mix) {
    assertThat(hex(mix, "", "", 16, 1, 1))
        .isEqualTo(
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
    assertThat(hex(mix, "password", "NaCl", 1024, 8, 16))
        .isEqualTo(
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
    assertThat(hex(mix, "pleaseletmein", "SodiumChloride", 16384, 8, 1))
        .isEqualTo(
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
  }

  @ParameterizedTest
  @MethodSource("variants")
  void tenThousandRandomHashesAreBouncyCastles(ScryptMix mix) {
    Random random = new Random(SEED);
    IntStream.range(0, 10_000)
        .forEach(
            round -> {
              byte[] password = bytes(random, random.nextInt(80));
              byte[] salt = bytes(random, random.nextInt(40));
              int n = 2 << random.nextInt(4);
              int r = 1 + random.nextInt(4);
              int p = 1 + random.nextInt(2);
              assertThat(Scrypt.derive(mix, password, salt, n, r, p, 64))
                  .as("round %d: n=%d r=%d p=%d", round, n, r, p)
                  .isEqualTo(SCrypt.generate(password, salt, n, r, p, 64));
            });
  }

  @ParameterizedTest
  @MethodSource("variants")
  void theParametersOfBetterAuth(ScryptMix mix) {
    byte[] password = "correct horse".getBytes(US_ASCII);
    byte[] salt = "00112233445566778899aabbccddeeff".getBytes(US_ASCII);
    assertThat(Scrypt.derive(mix, password, salt, 16_384, 16, 1, 64))
        .isEqualTo(SCrypt.generate(password, salt, 16_384, 16, 1, 64));
  }

  @Test
  void manyAtOnceDoNotDisturbEachOther() {
    byte[] salt = {1, 2, 3};
    assertThat(
            IntStream.range(0, 200)
                .parallel()
                .allMatch(
                    i -> {
                      byte[] password = {(byte) i};
                      return Arrays.equals(
                          Scrypt.derive(password, salt, 256, 16, 1, 32),
                          SCrypt.generate(password, salt, 256, 16, 1, 32));
                    }))
        .isTrue();
  }

  @Test
  void memoryIsGivenBackWithoutWhatWasInIt() {
    MixBuffers buffers = new MixBuffers();
    int[] memory = buffers.take(64);
    memory[5] = 42;
    buffers.giveBack(memory);

    assertThat(buffers.take(64)).isSameAs(memory).containsOnly(0);
    assertThat(buffers.take(64)).isNotSameAs(memory);
  }

  @Test
  void aVariantIsChosenAndNamed() {
    Scrypt.prepare();

    assertThat(Scrypt.implementation()).isIn("vector", "scalar");
  }

  private static String hex(ScryptMix mix, String password, String salt, int n, int r, int p) {
    byte[] key =
        Scrypt.derive(mix, password.getBytes(US_ASCII), salt.getBytes(US_ASCII), n, r, p, 64);
    return HexFormat.of().formatHex(key);
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
