// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.schema;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user with the hashes stored for them.
 *
 * @param accountHash of the credential row in {@code accounts}
 * @param legacyHash of {@code passwords}; stale where {@code accountHash} is there
 * @param accountChangedAt when the credential row was last written
 * @param passkeys as in {@link UserRow}, and so all that follow
 */
public record StoredPassword(
    AuthUser user,
    @Nullable String accountHash,
    @Nullable String legacyHash,
    @Nullable Instant accountChangedAt,
    boolean passkeys,
    boolean banned,
    @Nullable Instant banEnds,
    boolean settings,
    @Nullable String locale) {

  UserRow found() {
    return new UserRow(user, passkeys, banned, banEnds, settings, locale);
  }

  /** The hash that counts, null for a user who has no password. */
  @Nullable public String hash() {
    return accountHash != null ? accountHash : legacyHash;
  }

  /** Since when it has been this one, as far as anything tells: at the latest. */
  public Instant since() {
    return accountChangedAt != null ? accountChangedAt : user.createdAt();
  }

  /** Whether the same hashes are stored there. */
  public boolean sameHashes(Optional<StoredPassword> other) {
    return other
        .filter(now -> Objects.equals(accountHash, now.accountHash))
        .filter(now -> Objects.equals(legacyHash, now.legacyHash))
        .isPresent();
  }

  /** Leaves the hashes out. */
  @Override
  public String toString() {
    return "StoredPassword of " + user.id();
  }
}
