// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;

/** The attributes {@code access.tier.…} of a client, read when they are asked for. */
public record ClientTierSettings(ClientModel client) {

  /** Stands for every language that has no text of its own. */
  public static final String ANY_LANGUAGE = "default";

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

  /** The sentences for those who are refused, by language tag. */
  public Map<String, @Nullable String> notes() {
    return texts(NOTE);
  }

  /** What the app is, by language tag; the client's own description is not in it. */
  public Map<String, @Nullable String> descriptions() {
    return texts(DESCRIPTION);
  }

  /** Null or blank takes a language's text away; a language that is left out keeps its own. */
  public void note(Map<String, @Nullable String> texts) {
    write(NOTE, texts);
  }

  /** Likewise. */
  public void describe(Map<String, @Nullable String> texts) {
    write(DESCRIPTION, texts);
  }

  public void archive(boolean archived) {
    write(ARCHIVED, archived ? "true" : null);
  }

  public void announce(boolean comingSoon) {
    write(COMING_SOON, comingSoon ? "true" : null);
  }

  private Map<String, @Nullable String> texts(String attribute) {
    Map<String, @Nullable String> texts = new TreeMap<>();
    client
        .getAttributes()
        .forEach(
            (name, value) -> {
              if (value != null && !value.isBlank()) {
                if (name.equals(attribute)) {
                  texts.put(ANY_LANGUAGE, value);
                } else if (name.startsWith(attribute + '.')) {
                  texts.put(name.substring(attribute.length() + 1), value);
                }
              }
            });
    return texts;
  }

  private void write(String attribute, Map<String, @Nullable String> texts) {
    texts.forEach(
        (language, text) ->
            write(language.equals(ANY_LANGUAGE) ? attribute : attribute + '.' + language, text));
  }

  private void write(String attribute, @Nullable String value) {
    if (value == null || value.isBlank()) {
      client.removeAttribute(attribute);
    } else {
      client.setAttribute(attribute, value.strip());
    }
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
