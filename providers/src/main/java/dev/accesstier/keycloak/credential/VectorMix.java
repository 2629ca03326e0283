// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScryptMix} with four quarter rounds of Salsa20 at once, in vectors of 128 bits. The words
 * of a block are put in order by diagonals, so that columns and rows are the lanes of four vectors.
 *
 * <p>Needs {@code --add-modules jdk.incubator.vector}; nothing but {@link Scrypt} may name this
 * class, and only by its name.
 */
final class VectorMix implements ScryptMix {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VectorSpecies<Integer> FOUR = IntVector.SPECIES_128;
  private static final VectorShuffle<Integer> BY_ONE = VectorShuffle.fromValues(FOUR, 1, 2, 3, 0);
  private static final VectorShuffle<Integer> BY_TWO = VectorShuffle.fromValues(FOUR, 2, 3, 0, 1);
  private static final VectorShuffle<Integer> BY_THREE = VectorShuffle.fromValues(FOUR, 3, 0, 1, 2);

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public void mix(byte[] block, int offset, int n, int r, int[] memory) {
    int words = 32 * r;
    int x = n * words;
    int y = x + words;
    for (int i = 0; i < words; i++) {
      memory[i] = (int) INT.get(block, offset + 4 * diagonal(i));
    }
    for (int i = 0; i < n; i++) {
      blockMix(memory, i * words, (i + 1) * words, r);
    }
    for (int i = 0; i < n; i += 2) {
      blockMix(memory, x, (memory[x + words - 16] & (n - 1)) * words, y, r);
      blockMix(memory, y, (memory[y + words - 16] & (n - 1)) * words, x, r);
    }
    for (int i = 0; i < words; i++) {
      INT.set(block, offset + 4 * diagonal(i), memory[x + i]);
    }
  }

  private static int diagonal(int word) {
    return (word & ~15) | (word * 5 & 15);
  }

  /** {@code scryptBlockMix} from one place to another. */
  private static void blockMix(int[] m, int from, int to, int r) {
    int last = from + 32 * r - 16;
    IntVector a = IntVector.fromArray(FOUR, m, last);
    IntVector b = IntVector.fromArray(FOUR, m, last + 4);
    IntVector c = IntVector.fromArray(FOUR, m, last + 8);
    IntVector d = IntVector.fromArray(FOUR, m, last + 12);
    for (int i = 0; i < 2 * r; i++) {
      int at = from + 16 * i;
      IntVector a0 = a.lanewise(XOR, IntVector.fromArray(FOUR, m, at));
      IntVector b0 = b.lanewise(XOR, IntVector.fromArray(FOUR, m, at + 4));
      IntVector c0 = c.lanewise(XOR, IntVector.fromArray(FOUR, m, at + 8));
      IntVector d0 = d.lanewise(XOR, IntVector.fromArray(FOUR, m, at + 12));
      a = a0;
      b = b0;
      c = c0;
      d = d0;
      for (int round = 0; round < 4; round++) {
        b = a.add(d).lanewise(ROL, 7).lanewise(XOR, b);
        c = b.add(a).lanewise(ROL, 9).lanewise(XOR, c);
        d = c.add(b).lanewise(ROL, 13).lanewise(XOR, d);
        a = d.add(c).lanewise(ROL, 18).lanewise(XOR, a);
        b = b.rearrange(BY_THREE);
        c = c.rearrange(BY_TWO);
        d = d.rearrange(BY_ONE);
        d = a.add(b).lanewise(ROL, 7).lanewise(XOR, d);
        c = d.add(a).lanewise(ROL, 9).lanewise(XOR, c);
        b = c.add(d).lanewise(ROL, 13).lanewise(XOR, b);
        a = b.add(c).lanewise(ROL, 18).lanewise(XOR, a);
        b = b.rearrange(BY_ONE);
        c = c.rearrange(BY_TWO);
        d = d.rearrange(BY_THREE);
      }
      a = a.add(a0);
      b = b.add(b0);
      c = c.add(c0);
      d = d.add(d0);
      int out = to + 16 * (i >>> 1) + (i & 1) * 16 * r;
      a.intoArray(m, out);
      b.intoArray(m, out + 4);
      c.intoArray(m, out + 8);
      d.intoArray(m, out + 12);
    }
  }

  /** Likewise, of the exclusive or of two places. */
  private static void blockMix(int[] m, int from, int with, int to, int r) {
    int words = 32 * r;
    for (int i = 0; i < words; i++) {
      m[from + i] ^= m[with + i];
    }
    blockMix(m, from, to, r);
  }
}
