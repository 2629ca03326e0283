// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.keycloak.models.KeycloakSession;

/**
 * What one Keycloak session, that is one request, has read of users' rows in one table. Keycloak
 * asks several times in a request; each user's rows are read once.
 */
public final class SessionRows<T> {

  private final Map<String, List<T>> byUser = new HashMap<>();

  private SessionRows() {}

  /** The passkeys of one component's users. */
  public static SessionRows<AuthPasskey> passkeys(KeycloakSession session, String componentId) {
    return of(session, "passkeys", componentId);
  }

  /** The links of one component's users to other providers. */
  public static SessionRows<AuthAccount> links(KeycloakSession session, String componentId) {
    return of(session, "links", componentId);
  }

  @SuppressWarnings("unchecked") // The name says what is in it.
  private static <T> SessionRows<T> of(KeycloakSession session, String what, String componentId) {
    String name = SessionRows.class.getName() + '.' + what + '.' + componentId;
    SessionRows<T> rows = session.getAttribute(name, SessionRows.class);
    if (rows == null) {
      rows = new SessionRows<>();
      session.setAttribute(name, rows);
    }
    return rows;
  }

  public List<T> of(String userId, Function<String, List<T>> reading) {
    return byUser.computeIfAbsent(userId, reading);
  }

  /** Notes what another statement has told: this user has none. */
  public void none(String userId) {
    byUser.putIfAbsent(userId, List.of());
  }

  /** For one who writes. */
  public void forget(String userId) {
    byUser.remove(userId);
  }
}
