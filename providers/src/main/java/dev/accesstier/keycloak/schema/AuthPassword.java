// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import org.jspecify.annotations.Nullable;

/** A row of {@code passwords}, written by a service older than Better Auth. */
public class AuthPassword {

  private String userId = "";
  private @Nullable String hashedPassword;

  protected AuthPassword() {}

  public String userId() {
    return userId;
  }

  /** A bcrypt hash; stale where {@code accounts} has a hash for the same user. */
  public @Nullable String hashedPassword() {
    return hashedPassword;
  }
}
