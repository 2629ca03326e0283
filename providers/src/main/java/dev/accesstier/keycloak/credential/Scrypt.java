// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;

/**
 * scrypt as RFC 7914 defines it, with the mixing done by the fastest variant that this JVM runs.
 * BouncyCastle is the judge: a variant that gives another answer than it in the self-test is not
 * used, and where none is left BouncyCastle computes the hash itself.
 *
 * <p>Safe for use by many threads. Each call takes {@code 128 * N * r} bytes of memory while it
 * runs; up to as many buffers as the machine has cores are kept for the next call, overwritten.
 */
public final class Scrypt {

  /**
   * Loaded by name: a JVM without module {@code jdk.incubator.vector} has nothing to link it to.
   */
  private static final String VECTOR = "dev.accesstier.keycloak.credential.VectorMix";

  private static final MixBuffers BUFFERS = new MixBuffers();

  private static volatile @Nullable ScryptMix mix = trusted(new ScalarMix());

  private Scrypt() {}

  /**
   * Derives a key.
   *
   * @param n cost in memory and time, a power of two above 1
   * @param r block size; {@code n * r} is at most 2^24
   * @param p how often the mixing is done, one after the other
   * @param length of the key in bytes
   */
  static byte[] derive(byte[] password, byte[] salt, int n, int r, int p, int length) {
    ScryptMix fastest = mix;
    return fastest == null
        ? SCrypt.generate(password, salt, n, r, p, length)
        : derive(fastest, password, salt, n, r, p, length);
  }

  static byte[] derive(
      ScryptMix mix, byte[] password, byte[] salt, int n, int r, int p, int length) {
    int blockBytes = 128 * r;
    byte[] blocks = pbkdf2(password, salt, p * blockBytes);
    int[] memory = BUFFERS.take(Math.addExact(Math.multiplyExact(n, 32 * r), 64 * r));
    try {
      for (int i = 0; i < p; i++) {
        mix.mix(blocks, i * blockBytes, n, r, memory);
      }
      return pbkdf2(password, blocks, length);
    } finally {
      Arrays.fill(blocks, (byte) 0);
      BUFFERS.giveBack(memory);
    }
  }

  /** The variant in use: {@code vector}, {@code scalar} or {@code bouncycastle}. */
  public static String implementation() {
    ScryptMix fastest = mix;
    return fastest == null ? "bouncycastle" : fastest.name();
  }

  /**
   * Looks for a faster variant, runs it until the JVM has compiled it, and uses it from then on if
   * it is faster and right. Takes a few seconds of one core; call it once, at the start, from a
   * thread that nobody waits for. Hashes are computed meanwhile as before.
   */
  public static void prepare() {
    ScryptMix scalar = mix;
    vector()
        .map(Scrypt::trusted)
        .filter(vector -> scalar == null || faster(vector, scalar))
        .ifPresent(vector -> mix = vector);
  }

  private static Optional<ScryptMix> vector() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of((ScryptMix) Class.forName(VECTOR).getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException | LinkageError e) {
      return Optional.empty();
    }
  }

  /** The variant, or null where it differs from BouncyCastle. */
  private static @Nullable ScryptMix trusted(ScryptMix variant) {
    byte[] password = {'p', 'a', 's', 's'};
    byte[] salt = {'s', 'a', 'l', 't'};
    try {
      for (int[] parameters : new int[][] {{2, 1, 1}, {16, 16, 1}, {64, 8, 2}, {128, 3, 3}}) {
        int n = parameters[0];
        int r = parameters[1];
        int p = parameters[2];
        if (!Arrays.equals(
            derive(variant, password, salt, n, r, p, 64),
            SCrypt.generate(password, salt, n, r, p, 64))) {
          return null;
        }
      }
      return variant;
    } catch (RuntimeException | LinkageError e) {
      return null;
    }
  }

  /** Compares the best of several rounds; the first ones are there for the JVM's compiler. */
  private static boolean faster(ScryptMix one, ScryptMix other) {
    long best = Long.MAX_VALUE;
    long otherBest = Long.MAX_VALUE;
    for (int round = 0; round < 12; round++) {
      best = Math.min(best, nanos(one));
      otherBest = Math.min(otherBest, nanos(other));
    }
    return best < otherBest;
  }

  private static long nanos(ScryptMix variant) {
    long begin = System.nanoTime();
    byte[] key = derive(variant, new byte[8], new byte[8], 4096, 16, 1, 32);
    Objects.requireNonNull(key);
    return System.nanoTime() - begin;
  }

  private static byte[] pbkdf2(byte[] password, byte[] salt, int length) {
    PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
    generator.init(password, salt, 1);
    return ((KeyParameter) generator.generateDerivedMacParameters(length * 8)).getKey();
  }
}
