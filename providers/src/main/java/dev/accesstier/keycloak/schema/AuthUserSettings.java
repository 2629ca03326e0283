// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code user_settings}, as far as statements on users look at it. */
public class AuthUserSettings {

  private String userId = "";
  private @Nullable String globalSettings;
  private Instant createdAt = Instant.EPOCH;
  private Instant updatedAt = Instant.EPOCH;

  protected AuthUserSettings() {}

  public String userId() {
    return userId;
  }

  /** A JSON object. */
  public @Nullable String globalSettings() {
    return globalSettings;
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** The same as {@link #createdAt} as long as nobody has chosen anything. */
  public Instant updatedAt() {
    return updatedAt;
  }
}
