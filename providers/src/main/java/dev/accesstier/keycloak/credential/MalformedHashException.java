// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.credential;

/** A stored hash that cannot be read. The message says what is wrong, never what is stored. */
public final class MalformedHashException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  MalformedHashException(String message) {
    super(message);
  }
}
