// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;

/** What the attributes {@code access.tier.…} of a client say, read when they are asked for. */
public record ClientTierSettings(ClientModel client) {

  private static final String ARCHIVED = "access.tier.archived";
  private static final String COMING_SOON = "access.tier.coming-soon";
  private static final String DENIED = "access.tier.denied";
  private static final String DESCRIPTION = "access.tier.description";
  private static final String LEGACY_INTROSPECT = "access.tier.legacy-introspect";
  private static final String NOTE = "access.tier.note";

  /** What the app asks of its users. */
  public RequiredTier required() {
    return RequiredTier.of(client);
  }

  /** Whether the app is in no list; it can be used all the same. */
  public boolean archived() {
    return flag(ARCHIVED);
  }

  /** Whether lists announce the app as coming soon. */
  public boolean comingSoon() {
    return flag(COMING_SOON);
  }

  /** Whether the client may ask for other clients' opaque tokens of the old service. */
  public boolean mayIntrospectOldTokens() {
    return flag(LEGACY_INTROSPECT);
  }

  /**
   * Whether the app itself is told of a refused login, at its redirect URI, instead of the person
   * on a page. Only the value {@code redirect} says so.
   */
  public boolean tellsAppOfRefusal() {
    String value = client.getAttribute(DENIED);
    return value != null && value.trim().equalsIgnoreCase("redirect");
  }

  /** A sentence for those who are refused; null where there is none. */
  public @Nullable String note(Locale locale) {
    return text(NOTE, locale);
  }

  /** What the app is; null where neither attribute nor client say so. */
  public @Nullable String description(Locale locale) {
    String translated = text(DESCRIPTION, locale);
    return translated == null ? client.getDescription() : translated;
  }

  private boolean flag(String attribute) {
    String value = client.getAttribute(attribute);
    return value != null && value.trim().equalsIgnoreCase("true");
  }

  /** The attribute with the language's tag, with the language alone, or as it is. */
  private @Nullable String text(String attribute, Locale locale) {
    return Stream.of(
            attribute + '.' + locale.toLanguageTag(),
            attribute + '.' + locale.getLanguage(),
            attribute)
        .map(client::getAttribute)
        .filter(value -> value != null && !value.isBlank())
        .findFirst()
        .orElse(null);
  }
}
