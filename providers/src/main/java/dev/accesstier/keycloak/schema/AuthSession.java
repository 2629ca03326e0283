// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code sessions}: one browser or device that is signed in to Better Auth. */
public class AuthSession {

  private String id = "";

  // Named by statements alone.
  @SuppressWarnings("UnusedVariable")
  private String token = "";

  private String userId = "";
  private Instant createdAt = Instant.EPOCH;

  @SuppressWarnings("UnusedVariable")
  private Instant expiresAt = Instant.EPOCH;

  @SuppressWarnings("UnusedVariable")
  private @Nullable Instant revokedAt;

  protected AuthSession() {}

  public String id() {
    return id;
  }

  public String userId() {
    return userId;
  }

  /** When the user proved who they are; later use moves {@code expires_at} alone. */
  public Instant createdAt() {
    return createdAt;
  }
}
