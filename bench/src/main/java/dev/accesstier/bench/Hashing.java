// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.bench;

import dev.accesstier.keycloak.credential.Scrypt;
import dev.accesstier.keycloak.credential.ScryptHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.crypto.generators.SCrypt;

/** One scrypt hash as Better Auth stores it (16384, 16, 1), here and by BouncyCastle, in turn. */
final class Hashing {

  private static final int WARM_UP = 20;
  private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
  private static final byte[] PASSWORD = Server.PASSWORD.getBytes(StandardCharsets.UTF_8);

  private Hashing() {}

  /**
   * What was measured.
   *
   * @param implementation which of ours this JVM picked
   * @param ours milliseconds, the median, as is
   * @param bouncyCastle which is slower
   * @param ratio of the times
   */
  record Measured(String implementation, double ours, double bouncyCastle, double ratio) {}

  static Measured measure(int rounds) {
    Scrypt.prepare();
    List<Double> here = new ArrayList<>();
    List<Double> there = new ArrayList<>();
    for (int i = 0; i < WARM_UP + rounds; i++) {
      double one = millis(() -> ScryptHash.of(Server.PASSWORD));
      double other = millis(() -> SCrypt.generate(PASSWORD, SALT, 16_384, 16, 1, 64));
      if (i >= WARM_UP) {
        here.add(one);
        there.add(other);
      }
    }
    double ours = Comparison.median(here);
    double theirs = Comparison.median(there);
    return new Measured(Scrypt.implementation(), ours, theirs, ours / theirs);
  }

  private static double millis(Runnable work) {
    long begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e6;
  }
}
