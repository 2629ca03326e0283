package dev.accesstier.keycloak.gate;

import org.keycloak.models.RealmModel;

/** Whether a realm wants tokens that were issued before a demotion to be looked at again. */
final class IssuedTokens {

  /** Realm attribute; anything but {@code false} means yes. */
  static final String ATTRIBUTE = "access.tier.check-issued-tokens";

  private IssuedTokens() {}

  static boolean areChecked(RealmModel realm) {
    String value = realm.getAttribute(ATTRIBUTE);
    return value == null || !value.trim().equalsIgnoreCase("false");
  }
}
