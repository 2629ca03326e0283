// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.outage;

import org.jspecify.annotations.Nullable;

/**
 * The database cannot be used: unreachable, refused, too slow, or not of the expected form. The
 * message is a sentence for an admin and holds no secret and no value of a query.
 */
public sealed class AuthDatabaseException extends RuntimeException permits UnreadableRowException {

  private static final long serialVersionUID = 1L;

  public AuthDatabaseException(String message) {
    super(message);
  }

  public AuthDatabaseException(@Nullable String message, Throwable cause) {
    super(message, cause);
  }
}
