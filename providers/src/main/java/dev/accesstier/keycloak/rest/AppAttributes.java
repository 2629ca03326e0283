// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;

/** Attributes that say how lists of apps show a client. */
final class AppAttributes {

  private static final String ARCHIVED = "access.tier.archived";
  private static final String COMING_SOON = "access.tier.coming-soon";
  private static final String DESCRIPTION = "access.tier.description.";

  private AppAttributes() {}

  static boolean isArchived(ClientModel client) {
    return Boolean.parseBoolean(client.getAttribute(ARCHIVED));
  }

  static boolean isComingSoon(ClientModel client) {
    return Boolean.parseBoolean(client.getAttribute(COMING_SOON));
  }

  /** In that language where there is one; null where there is none at all. */
  static @Nullable String description(ClientModel client, Locale locale) {
    String translated = client.getAttribute(DESCRIPTION + locale.getLanguage());
    return translated == null || translated.isBlank() ? client.getDescription() : translated;
  }
}
