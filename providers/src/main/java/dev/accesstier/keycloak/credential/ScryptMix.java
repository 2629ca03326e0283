// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

/** {@code scryptROMix} of RFC 7914, the part of scrypt that takes the time and the memory. */
interface ScryptMix {

  /** As {@link Scrypt#implementation()} names it. */
  String name();

  /**
   * Mixes one block of {@code 128 * r} bytes, in place.
   *
   * @param memory of at least {@code 32 * r * n + 64 * r} numbers, whatever is in them
   */
  void mix(byte[] block, int offset, int n, int r, int[] memory);
}
