package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.storage.TierUsers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Which users a request means. */
record Search(@Nullable String tier, @Nullable String search) {

  private static final int LONGEST = 255;

  /**
   * Checked.
   *
   * @throws org.keycloak.services.ErrorResponseException with status 400
   */
  TierUsers.Filter filter() {
    String words = search == null || search.isBlank() ? null : search.strip();
    if (words != null
        && (words.length() > LONGEST
            || words.indexOf('\0') >= 0
            || !StandardCharsets.UTF_8.newEncoder().canEncode(words))) {
      throw Json.bad("The search must be text of at most " + LONGEST + " characters");
    }
    return new TierUsers.Filter(Asked.optionalTier(tier).orElse(null), words);
  }

  boolean isEmpty() {
    return (tier == null || tier.isEmpty()) && (search == null || search.isBlank());
  }
}
