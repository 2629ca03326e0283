// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The memory that hashes are computed in, kept for the next hash: 32 MiB of fresh memory for each
 * login would be most of the garbage that a login makes. The JVM may take kept ones away when it
 * runs short.
 */
final class MixBuffers {

  private final ConcurrentLinkedDeque<SoftReference<int[]>> kept = new ConcurrentLinkedDeque<>();
  private final AtomicInteger count = new AtomicInteger();
  private final int most = Runtime.getRuntime().availableProcessors();

  /** A buffer of at least so many numbers, whatever is in them. */
  int[] take(int size) {
    for (SoftReference<int[]> one = kept.pollFirst(); one != null; one = kept.pollFirst()) {
      count.decrementAndGet();
      int[] buffer = one.get();
      if (buffer != null && buffer.length >= size) {
        return buffer;
      }
    }
    return new int[size];
  }

  /** Overwrites it: what is in it was made from a password. */
  void giveBack(int[] buffer) {
    Arrays.fill(buffer, 0);
    if (count.incrementAndGet() <= most) {
      kept.addFirst(new SoftReference<>(buffer));
    } else {
      count.decrementAndGet();
    }
  }
}
