// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.outage;

/**
 * The database answered, and a row of the answer cannot be mapped. That is about the user it
 * belongs to, and about nobody else.
 */
public final class UnreadableRowException extends AuthDatabaseException {

  private static final long serialVersionUID = 1L;

  public UnreadableRowException(String message, Throwable cause) {
    super(message, cause);
  }
}
