// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.keycloak.models.RealmModel;

/**
 * Which links that Better Auth mailed a realm takes, by its attribute {@value #ATTRIBUTE}. A magic
 * link signs in past the realm's browser flow, so nobody has it without asking for it.
 */
public enum MailedLinksAllowed {
  NONE(EnumSet.noneOf(MailedLink.class)),
  RESET(EnumSet.of(MailedLink.RESET_PASSWORD)),
  ALL(EnumSet.allOf(MailedLink.class));

  static final String ATTRIBUTE = "access.tier.mailed-links";

  private final Set<MailedLink> kinds;

  MailedLinksAllowed(Set<MailedLink> kinds) {
    this.kinds = kinds;
  }

  /** What the realm's attribute says: {@link #RESET} where there is none, a mistake is none. */
  public static MailedLinksAllowed in(RealmModel realm) {
    String value = realm.getAttribute(ATTRIBUTE);
    return value == null || value.isBlank()
        ? RESET
        : Arrays.stream(values())
            .filter(one -> one.value().equals(value.trim()))
            .findFirst()
            .orElse(NONE);
  }

  /** As the attribute says it. */
  public String value() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean has(MailedLink kind) {
    return kinds.contains(kind);
  }
}
