package dev.accesstier.keycloak.schema;

import org.keycloak.models.KeycloakSession;

/**
 * Whose passwords this request has changed. Keycloak's "update user" may change one on the way and
 * reports no more than an update.
 */
public final class ChangedPasswords {

  private ChangedPasswords() {}

  /** Notes a change, by Keycloak's id. */
  public static void note(KeycloakSession session, String userId) {
    session.setAttribute(key(userId), true);
  }

  /** Whether one was noted. */
  public static boolean contain(KeycloakSession session, String userId) {
    return session.getAttribute(key(userId)) != null;
  }

  private static String key(String userId) {
    return ChangedPasswords.class.getName() + userId;
  }
}
