// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.engines.ChaChaEngine;

/**
 * XChaCha20-Poly1305 as draft-irtf-cfrg-xchacha defines it, without associated data: HChaCha20
 * makes a key out of the first 16 bytes of the nonce, and the JDK's ChaCha20-Poly1305 does the
 * rest.
 */
final class XChaCha20Poly1305 {

  static final int NONCE_BYTES = 24;
  static final int TAG_BYTES = 16;

  private static final int ROUNDS = 20;
  private static final int WORDS = 16;
  private static final int ROW = 4;
  private static final int HCHACHA_NONCE_BYTES = 16;
  private static final int INNER_NONCE_BYTES = 12;

  /** "expand 32-byte k". */
  private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private XChaCha20Poly1305() {}

  /** Ciphertext and tag. */
  static byte[] seal(byte[] key, byte[] nonce, byte[] plain) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, key, nonce).doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK cannot encrypt with ChaCha20-Poly1305", e);
    }
  }

  /**
   * What was sealed.
   *
   * @throws GeneralSecurityException when the tag does not fit: another key, or a damaged text
   */
  static byte[] open(byte[] key, byte[] nonce, byte[] sealed) throws GeneralSecurityException {
    return cipher(Cipher.DECRYPT_MODE, key, nonce).doFinal(sealed);
  }

  private static Cipher cipher(int mode, byte[] key, byte[] nonce) throws GeneralSecurityException {
    ByteBuffer inner = ByteBuffer.allocate(INNER_NONCE_BYTES);
    inner.putInt(0).put(nonce, HCHACHA_NONCE_BYTES, NONCE_BYTES - HCHACHA_NONCE_BYTES);
    Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
    cipher.init(
        mode,
        new SecretKeySpec(hChaCha20(key, nonce), "ChaCha20"),
        new IvParameterSpec(inner.array()));
    return cipher;
  }

  /** The first and the last row of ChaCha20's state after its rounds. */
  private static byte[] hChaCha20(byte[] key, byte[] nonce) {
    int[] state = Arrays.copyOf(CONSTANTS, WORDS);
    littleEndian(key).asIntBuffer().get(state, ROW, 2 * ROW);
    littleEndian(nonce).asIntBuffer().get(state, WORDS - ROW, ROW);
    int[] block = new int[WORDS];
    ChaChaEngine.chachaCore(ROUNDS, state, block);
    byte[] derived = new byte[key.length];
    ByteBuffer result = littleEndian(derived);
    for (int row : new int[] {0, WORDS - ROW}) {
      for (int i = row; i < row + ROW; i++) {
        // A block of ChaCha20 has the initial state added, which HChaCha20 leaves out.
        result.putInt(block[i] - state[i]);
      }
    }
    return derived;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
