// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.tier.AccessTier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Properties;
import org.keycloak.models.KeycloakSession;
import org.keycloak.theme.Theme;

/** The realm's texts in the language of a request. */
public record RealmMessages(Locale locale, Properties texts) {

  public static RealmMessages of(KeycloakSession session) {
    Locale locale = session.getContext().resolveLocale(null);
    try {
      Theme theme = session.theme().getTheme(Theme.Type.LOGIN);
      return new RealmMessages(
          locale, theme.getEnhancedMessages(session.getContext().getRealm(), locale));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its name where nobody has given it a label. */
  public String label(AccessTier tier) {
    return texts.getProperty("accessTierLabel." + tier.value(), tier.value());
  }
}
