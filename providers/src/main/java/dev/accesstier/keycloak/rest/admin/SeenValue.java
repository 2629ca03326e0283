// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.SeenTier;
import dev.accesstier.keycloak.change.TierMovedException;
import jakarta.ws.rs.core.Response.Status;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tier that whoever asks for a change has seen: field {@code from} of the body, or the entity
 * tag of an earlier answer in {@code If-Match}. Where the tier is another one by now, the field is
 * answered with 409 and the header with 412, as HTTP has it.
 */
record SeenValue(SeenTier tier, Status otherwise) {

  /**
   * @param ifMatch null or blank: none given
   * @param from null: none given
   */
  static SeenValue of(@Nullable String ifMatch, @Nullable String from) {
    if (ifMatch != null && !ifMatch.isBlank() && !ifMatch.strip().equals("*")) {
      return new SeenValue(
          new SeenTier(
              Arrays.stream(ifMatch.split(",", -1))
                  .map(tag -> tag.strip().replace("\"", ""))
                  .collect(Collectors.toUnmodifiableSet())),
          Status.PRECONDITION_FAILED);
    }
    return new SeenValue(from == null ? SeenTier.ANY : SeenTier.of(from), Status.CONFLICT);
  }

  /** The entity tag of a tier; null is a client that requires none. */
  static String tag(@Nullable String tier) {
    return '"' + (tier == null ? SeenTier.NONE : tier.replace("\"", "")) + '"';
  }

  /**
   * Does the change and its commit.
   *
   * @throws org.keycloak.services.ErrorResponseException when somebody else was faster
   */
  <T> T during(Supplier<T> change) {
    try {
      return change.get();
    } catch (TierMovedException e) {
      throw ApiError.TIER_CHANGED.exception(otherwise, Map.of("current", e.now()));
    }
  }
}
