// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.application;

/** Why an app does not become a client; the message never holds what is stored. */
final class UnusableApplicationException extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableApplicationException(String message) {
    super(message);
  }
}
