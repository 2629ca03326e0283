// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.link;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.credential.CredentialModel;
import org.keycloak.util.JsonSerialization;

/**
 * The counters of one user's passkeys as Keycloak last saw them while the tables were read-only. A
 * copied authenticator is noticed in that mode as well. They are kept as credentials of a type that
 * nobody signs in with, and never shown.
 *
 * <p>A credential has an id of its own, and names the passkey in what is the secret of others:
 * Keycloak keeps the credentials of all realms in one table, and a passkey may sign in to several
 * realms.
 */
final class SeenCounters {

  static final String TYPE = "auth-schema-passkey-counter";

  private static final String PASSKEY = "passkey";

  private final Supplier<Stream<CredentialModel>> stored;
  private final Consumer<CredentialModel> create;
  private final Consumer<CredentialModel> update;
  private final Consumer<String> remove;

  SeenCounters(
      Supplier<Stream<CredentialModel>> stored,
      Consumer<CredentialModel> create,
      Consumer<CredentialModel> update,
      Consumer<String> remove) {
    this.stored = stored;
    this.create = create;
    this.update = update;
    this.remove = remove;
  }

  static boolean isCounter(CredentialModel credential) {
    return TYPE.equals(credential.getType());
  }

  /** By the passkey's id. Two requests at once may have made two of one passkey. */
  Map<String, Long> all() {
    return stored
        .get()
        .collect(
            Collectors.toMap(
                SeenCounters::passkey,
                seen -> Long.parseLong(seen.getCredentialData()),
                Math::max));
  }

  void note(String passkey, long counter) {
    Optional<CredentialModel> known = of(passkey).findFirst();
    CredentialModel seen = known.orElseGet(CredentialModel::new);
    seen.setCredentialData(Long.toString(counter));
    if (known.isPresent()) {
      update.accept(seen);
    } else {
      seen.setType(TYPE);
      seen.setSecretData(JsonSerialization.valueAsString(Map.of(PASSKEY, passkey)));
      create.accept(seen);
    }
  }

  /** For a passkey that goes. */
  void forget(String passkey) {
    of(passkey).map(CredentialModel::getId).forEach(remove);
  }

  private Stream<CredentialModel> of(String passkey) {
    return stored.get().filter(seen -> passkey(seen).equals(passkey)).toList().stream();
  }

  /** One of a version before has the passkey's id itself, and an empty object here. */
  private static String passkey(CredentialModel seen) {
    try {
      return JsonSerialization.mapper
          .readTree(seen.getSecretData())
          .path(PASSKEY)
          .asText(seen.getId());
    } catch (IOException e) {
      throw new IllegalStateException("No counter of a passkey: " + seen.getId(), e);
    }
  }
}
