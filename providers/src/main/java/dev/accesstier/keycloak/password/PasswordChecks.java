// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import org.keycloak.models.KeycloakSession;

/** Makes the {@link PasswordCheck} of a session; a user storage provider factory implements it. */
public interface PasswordChecks {

  /** All of a server wait at the same {@link HashGate}. */
  PasswordCheck passwordCheck(KeycloakSession session);
}
