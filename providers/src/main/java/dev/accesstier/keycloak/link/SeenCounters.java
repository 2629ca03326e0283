// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.credential.CredentialModel;

/**
 * The counters of one user's passkeys as Keycloak last saw them while the tables were read-only. A
 * copied authenticator is noticed in that mode as well. They are kept as credentials of a type that
 * nobody signs in with, under the ids of the passkeys, and never shown.
 */
final class SeenCounters {

  static final String TYPE = "auth-schema-passkey-counter";

  /** Keycloak's column for a credential's id; Better Auth's own ids are shorter. */
  private static final int MAX_ID_LENGTH = 36;

  private final Supplier<Stream<CredentialModel>> stored;
  private final Consumer<CredentialModel> create;
  private final Consumer<CredentialModel> update;

  SeenCounters(
      Supplier<Stream<CredentialModel>> stored,
      Consumer<CredentialModel> create,
      Consumer<CredentialModel> update) {
    this.stored = stored;
    this.create = create;
    this.update = update;
  }

  static boolean isNone(CredentialModel credential) {
    return !TYPE.equals(credential.getType());
  }

  /** By the passkey's id. */
  Map<String, Long> all() {
    return stored
        .get()
        .collect(
            Collectors.toMap(
                CredentialModel::getId, seen -> Long.parseLong(seen.getCredentialData())));
  }

  void note(String id, long counter) {
    Optional<CredentialModel> known =
        stored.get().filter(seen -> seen.getId().equals(id)).findFirst();
    CredentialModel seen = known.orElseGet(CredentialModel::new);
    seen.setCredentialData(Long.toString(counter));
    if (known.isPresent()) {
      update.accept(seen);
    } else if (id.length() <= MAX_ID_LENGTH) {
      seen.setId(id);
      seen.setType(TYPE);
      seen.setSecretData("{}");
      create.accept(seen);
    }
  }
}
