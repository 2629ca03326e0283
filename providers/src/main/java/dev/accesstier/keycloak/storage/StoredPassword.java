// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.schema.AuthUser;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user with the hashes stored for them.
 *
 * @param accountHash of the credential row in {@code accounts}
 * @param legacyHash of {@code passwords}; stale where {@code accountHash} is there
 * @param passkeys as in {@link FoundUser}
 */
record StoredPassword(
    AuthUser user, @Nullable String accountHash, @Nullable String legacyHash, boolean passkeys) {

  FoundUser found() {
    return new FoundUser(user, passkeys);
  }

  /** The hash that counts, null for a user who has no password. */
  @Nullable String hash() {
    return accountHash != null ? accountHash : legacyHash;
  }

  /** Whether the same hashes are stored there. */
  boolean sameHashes(Optional<StoredPassword> other) {
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
