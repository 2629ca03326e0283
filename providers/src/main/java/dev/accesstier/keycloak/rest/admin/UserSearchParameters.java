// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.people.TierUsers;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.RequestParameters;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Which users a request means. */
record UserSearchParameters(@Nullable String tier, @Nullable String search) {

  private static final int LONGEST = 255;

  /**
   * Checked.
   *
   * @throws org.keycloak.services.ErrorResponseException with status 400
   */
  TierUsers.Filter filter() {
    // Control characters would be trimmed away, and what is left might be nothing: everyone.
    if (search != null
        && (search.length() > LONGEST
            || search.chars().anyMatch(Character::isISOControl)
            || !StandardCharsets.UTF_8.newEncoder().canEncode(search))) {
      throw Json.bad("The search must be text of at most " + LONGEST + " characters");
    }
    String words = search == null || search.isBlank() ? null : search.strip();
    return new TierUsers.Filter(RequestParameters.optionalTier(tier).orElse(null), words);
  }

  /** Whether everyone is meant; a lone {@code *} finds everyone too. */
  boolean isEmpty() {
    return (tier == null || tier.isEmpty())
        && (search == null || search.replace('*', ' ').isBlank());
  }
}
