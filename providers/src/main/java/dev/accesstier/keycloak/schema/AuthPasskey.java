// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code passkeys}, as {@code @better-auth/passkey} 1.4 to 1.6 and its likes write it. */
public class AuthPasskey {

  private String id = "";
  private String userId = "";
  private String credentialId = "";
  private String publicKey = "";
  private long counter;
  private @Nullable String transports;
  private @Nullable String friendlyName;
  private Instant createdAt = Instant.EPOCH;

  protected AuthPasskey() {}

  public String id() {
    return id;
  }

  public String userId() {
    return userId;
  }

  /** base64url without padding; unique. */
  public String credentialId() {
    return credentialId;
  }

  /** The COSE key, in base64url without or in base64 with padding. */
  public String publicKey() {
    return publicKey;
  }

  /** Signatures so far, as the authenticator counts them; 0 where it does not. */
  public long counter() {
    return counter;
  }

  /** The text of the jsonb column: an array, or of the plugin a text with commas. */
  public @Nullable String transports() {
    return transports;
  }

  public @Nullable String friendlyName() {
    return friendlyName;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
