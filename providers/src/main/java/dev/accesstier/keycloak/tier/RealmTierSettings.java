// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tier;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.RealmModel;

/**
 * What the attributes {@code access.tier.…} of a realm say. A value that is none of those listed
 * counts as the safer of them.
 *
 * @param overview client id of the overview of apps, by default {@value #DEFAULT_OVERVIEW}
 * @param legacyApi whether the admin API of the service before Keycloak is served; by default it is
 * @param checkIssuedTokens whether tokens that were issued before a demotion are looked at again;
 *     off only where the attribute is {@code false}
 */
public record RealmTierSettings(String overview, boolean legacyApi, boolean checkIssuedTokens) {

  private static final String OVERVIEW = "access.tier.overview";
  private static final String DEFAULT_OVERVIEW = "portal";
  private static final String LEGACY_API = "access.tier.legacy-api";
  private static final String CHECK_ISSUED_TOKENS = "access.tier.check-issued-tokens";

  /** As the realm has it now. */
  public static RealmTierSettings of(RealmModel realm) {
    String overview = realm.getAttribute(OVERVIEW);
    String legacyApi = word(realm, LEGACY_API);
    return new RealmTierSettings(
        overview == null || overview.isBlank() ? DEFAULT_OVERVIEW : overview.trim(),
        legacyApi == null || legacyApi.equals("true"),
        !"false".equals(word(realm, CHECK_ISSUED_TOKENS)));
  }

  private static @Nullable String word(RealmModel realm, String attribute) {
    String value = realm.getAttribute(attribute);
    return value == null || value.isBlank() ? null : value.trim().toLowerCase(Locale.ROOT);
  }
}
