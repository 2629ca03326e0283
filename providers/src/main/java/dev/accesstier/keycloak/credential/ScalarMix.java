// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * {@link ScryptMix} in plain Java. Words are kept as numbers from beginning to end, the first half
 * writes each block where the next one reads it, and the second half reads the memory's block while
 * it mixes, so that nothing is copied.
 */
final class ScalarMix implements ScryptMix {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void mix(byte[] block, int offset, int n, int r, int[] memory) {
    int words = 32 * r;
    int x = n * words;
    int y = x + words;
    for (int i = 0; i < words; i++) {
      memory[i] = (int) INT.get(block, offset + 4 * i);
    }
    for (int i = 0; i < n; i++) {
      blockMix(memory, i * words, (i + 1) * words, r);
    }
    for (int i = 0; i < n; i += 2) {
      blockMix(memory, x, (memory[x + words - 16] & (n - 1)) * words, y, r);
      blockMix(memory, y, (memory[y + words - 16] & (n - 1)) * words, x, r);
    }
    for (int i = 0; i < words; i++) {
      INT.set(block, offset + 4 * i, memory[x + i]);
    }
  }

  /** {@code scryptBlockMix} from one place to another. */
  private static void blockMix(int[] m, int from, int to, int r) {
    int last = from + 32 * r - 16;
    int even = to;
    int odd = to + 16 * r;
    salsa(m, last, from, even);
    salsa(m, even, from + 16, odd);
    for (int i = 1; i < r; i++) {
      from += 32;
      even += 16;
      salsa(m, odd, from, even);
      odd += 16;
      salsa(m, even, from + 16, odd);
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

  /** Salsa20/8 of the exclusive or of two blocks of 16 numbers. */
  private static void salsa(int[] m, int a, int b, int to) {
    int i0 = m[a] ^ m[b];
    int i1 = m[a + 1] ^ m[b + 1];
    int i2 = m[a + 2] ^ m[b + 2];
    int i3 = m[a + 3] ^ m[b + 3];
    int i4 = m[a + 4] ^ m[b + 4];
    int i5 = m[a + 5] ^ m[b + 5];
    int i6 = m[a + 6] ^ m[b + 6];
    int i7 = m[a + 7] ^ m[b + 7];
    int i8 = m[a + 8] ^ m[b + 8];
    int i9 = m[a + 9] ^ m[b + 9];
    int i10 = m[a + 10] ^ m[b + 10];
    int i11 = m[a + 11] ^ m[b + 11];
    int i12 = m[a + 12] ^ m[b + 12];
    int i13 = m[a + 13] ^ m[b + 13];
    int i14 = m[a + 14] ^ m[b + 14];
    int i15 = m[a + 15] ^ m[b + 15];
    int x0 = i0;
    int x1 = i1;
    int x2 = i2;
    int x3 = i3;
    int x4 = i4;
    int x5 = i5;
    int x6 = i6;
    int x7 = i7;
    int x8 = i8;
    int x9 = i9;
    int x10 = i10;
    int x11 = i11;
    int x12 = i12;
    int x13 = i13;
    int x14 = i14;
    int x15 = i15;
    for (int round = 0; round < 4; round++) {
      x4 ^= Integer.rotateLeft(x0 + x12, 7);
      x8 ^= Integer.rotateLeft(x4 + x0, 9);
      x12 ^= Integer.rotateLeft(x8 + x4, 13);
      x0 ^= Integer.rotateLeft(x12 + x8, 18);
      x9 ^= Integer.rotateLeft(x5 + x1, 7);
      x13 ^= Integer.rotateLeft(x9 + x5, 9);
      x1 ^= Integer.rotateLeft(x13 + x9, 13);
      x5 ^= Integer.rotateLeft(x1 + x13, 18);
      x14 ^= Integer.rotateLeft(x10 + x6, 7);
      x2 ^= Integer.rotateLeft(x14 + x10, 9);
      x6 ^= Integer.rotateLeft(x2 + x14, 13);
      x10 ^= Integer.rotateLeft(x6 + x2, 18);
      x3 ^= Integer.rotateLeft(x15 + x11, 7);
      x7 ^= Integer.rotateLeft(x3 + x15, 9);
      x11 ^= Integer.rotateLeft(x7 + x3, 13);
      x15 ^= Integer.rotateLeft(x11 + x7, 18);
      x1 ^= Integer.rotateLeft(x0 + x3, 7);
      x2 ^= Integer.rotateLeft(x1 + x0, 9);
      x3 ^= Integer.rotateLeft(x2 + x1, 13);
      x0 ^= Integer.rotateLeft(x3 + x2, 18);
      x6 ^= Integer.rotateLeft(x5 + x4, 7);
      x7 ^= Integer.rotateLeft(x6 + x5, 9);
      x4 ^= Integer.rotateLeft(x7 + x6, 13);
      x5 ^= Integer.rotateLeft(x4 + x7, 18);
      x11 ^= Integer.rotateLeft(x10 + x9, 7);
      x8 ^= Integer.rotateLeft(x11 + x10, 9);
      x9 ^= Integer.rotateLeft(x8 + x11, 13);
      x10 ^= Integer.rotateLeft(x9 + x8, 18);
      x12 ^= Integer.rotateLeft(x15 + x14, 7);
      x13 ^= Integer.rotateLeft(x12 + x15, 9);
      x14 ^= Integer.rotateLeft(x13 + x12, 13);
      x15 ^= Integer.rotateLeft(x14 + x13, 18);
    }
    m[to] = x0 + i0;
    m[to + 1] = x1 + i1;
    m[to + 2] = x2 + i2;
    m[to + 3] = x3 + i3;
    m[to + 4] = x4 + i4;
    m[to + 5] = x5 + i5;
    m[to + 6] = x6 + i6;
    m[to + 7] = x7 + i7;
    m[to + 8] = x8 + i8;
    m[to + 9] = x9 + i9;
    m[to + 10] = x10 + i10;
    m[to + 11] = x11 + i11;
    m[to + 12] = x12 + i12;
    m[to + 13] = x13 + i13;
    m[to + 14] = x14 + i14;
    m[to + 15] = x15 + i15;
  }
}
