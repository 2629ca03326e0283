// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code two_factor_auth}. It counts only while {@link AuthUser#twoFactorEnabled()} says
 * so; otherwise it is an enrolment that was begun and not confirmed. Better Auth never writes the
 * columns {@code enabled} and {@code enabled_at}.
 */
public class AuthTwoFactor {

  private String userId = "";
  private @Nullable String secret;
  private @Nullable String backupCodes;
  private Instant createdAt = Instant.EPOCH;

  protected AuthTwoFactor() {}

  public String userId() {
    return userId;
  }

  /** The TOTP secret, encrypted; null only in a broken row. */
  public @Nullable String secret() {
    return secret;
  }

  /** A JSON array of the codes that are left, encrypted; null only in a broken row. */
  public @Nullable String backupCodes() {
    return backupCodes;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
