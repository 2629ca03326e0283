// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A passkey that was registered in Keycloak.
 *
 * @param id of the row, see {@link #randomId()}
 * @param credentialId base64url without padding
 * @param publicKey the COSE key, base64url without padding
 * @param multiDevice whether the authenticator may copy it to other devices
 * @param backedUp whether it has
 * @param transports empty where the browser named none
 * @param friendlyName null: none was given
 */
public record NewPasskey(
    String id,
    String userId,
    String credentialId,
    String publicKey,
    long counter,
    boolean multiDevice,
    boolean backedUp,
    Set<String> transports,
    @Nullable String friendlyName) {

  private static final int ID_LENGTH = 21;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** 21 characters of base64url, as Better Auth's own ids of passkeys are. */
  public static String randomId() {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    return Base64.getUrlEncoder().encodeToString(random).substring(0, ID_LENGTH);
  }
}
