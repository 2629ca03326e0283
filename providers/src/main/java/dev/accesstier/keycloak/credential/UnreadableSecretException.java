// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

/**
 * An encrypted column that cannot be read. The message completes a sentence that begins with what
 * the column is, and never contains what is stored.
 */
public final class UnreadableSecretException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  UnreadableSecretException(String message) {
    super(message);
  }
}
