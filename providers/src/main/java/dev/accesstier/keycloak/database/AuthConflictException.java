// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.database;

/**
 * The schema forbids a change: an email that is taken, a row that is gone. Nothing was written. The
 * message names the constraint and no value.
 */
public final class AuthConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String constraint;
  private final boolean duplicate;

  AuthConflictException(String constraint, boolean duplicate, Throwable cause) {
    super("The auth schema forbids the change: constraint " + constraint, cause);
    this.constraint = constraint;
    this.duplicate = duplicate;
  }

  /** Whether another row has what must be unique. */
  public boolean isDuplicate() {
    return duplicate;
  }

  /** The constraint's name, as {@code users_email_unique}; its SQLSTATE where it has none. */
  public String constraint() {
    return constraint;
  }
}
