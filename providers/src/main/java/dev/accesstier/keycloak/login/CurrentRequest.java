// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import jakarta.enterprise.context.ContextNotActiveException;
import java.util.Optional;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;

/** The request a session serves. */
final class CurrentRequest {

  private CurrentRequest() {}

  /**
   * Empty for what Keycloak does in threads of its own, some of which pretend to have a request.
   */
  static Optional<HttpRequest> of(KeycloakSession session) {
    try {
      return Optional.ofNullable(session.getContext().getHttpRequest())
          .filter(request -> request.getHttpHeaders() != null);
    } catch (ContextNotActiveException e) {
      return Optional.empty();
    }
  }
}
