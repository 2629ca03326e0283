// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import org.keycloak.models.KeycloakSession;

/**
 * What a request has changed of users' credentials, for listeners to Keycloak's events. "Update
 * user" may change a password and reports no more than an update; the removal of a credential that
 * Keycloak does not store is reported whether there was one or not.
 */
public enum CredentialChange {
  PASSWORD_CHANGED,
  SECOND_FACTOR_REMOVED;

  /** Notes that it happened to the user of that Keycloak id. */
  public void note(KeycloakSession session, String userId) {
    session.setAttribute(key(userId), true);
  }

  /** Whether that was noted in this request. */
  public boolean happened(KeycloakSession session, String userId) {
    return session.getAttribute(key(userId)) != null;
  }

  private String key(String userId) {
    return String.join(".", CredentialChange.class.getName(), name(), userId);
  }
}
