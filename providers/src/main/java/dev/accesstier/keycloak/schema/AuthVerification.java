// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;

/** A row of {@code verification}: something a mailed link or a pending step stands for. */
public class AuthVerification {

  private String id = "";
  private String identifier = "";
  private String value = "";
  private Instant expiresAt = Instant.EPOCH;

  @SuppressWarnings("UnusedVariable") // named by a statement alone
  private Instant createdAt = Instant.EPOCH;

  protected AuthVerification() {}

  public String id() {
    return id;
  }

  /** What the row is for and the token, or base64url(SHA-256) of that. */
  public String identifier() {
    return identifier;
  }

  /** A user's id or a piece of JSON, depending on the identifier. */
  public String value() {
    return value;
  }

  public Instant expiresAt() {
    return expiresAt;
  }
}
