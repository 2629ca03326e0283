// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.jwks;

import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.jwks.PublishedKey.UnusableException;
import dev.accesstier.keycloak.schema.AuthJwks;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.keycloak.crypto.KeyStatus;
import org.keycloak.crypto.KeyUse;
import org.keycloak.crypto.KeyWrapper;
import org.keycloak.models.RealmModel;

/**
 * Chooses the keys that Keycloak signs with and trusts, where a realm has asked for that: the
 * newest, those that are about to be it on every node, and the one before for as long as a token of
 * it may live. Each must be encrypted with the Better Auth secret, or whoever can write the table
 * could sign as the realm.
 */
final class SigningKeys {

  /** Every node has read a row before one of them signs with it. */
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private final Duration tokensLive;
  private final Map<String, PrivateKey> privateKeys = new HashMap<>();
  private @Nullable String active;

  private SigningKeys(Duration tokensLive) {
    this.tokensLive = tokensLive;
  }

  /** No access token outlives the longest session, unless the realm says so of all. */
  static SigningKeys of(RealmModel realm) {
    return new SigningKeys(
        Duration.ofSeconds(
            IntStream.of(
                    realm.getAccessTokenLifespan(),
                    realm.getAccessTokenLifespanForImplicitFlow(),
                    realm.getSsoSessionMaxLifespan(),
                    realm.getSsoSessionMaxLifespanRememberMe())
                .max()
                .orElse(0)));
  }

  /**
   * The ids of the trusted ones.
   *
   * @param rows the newest first
   * @param complaints is told why a key is not one of them, and what it means that one is
   */
  Set<String> choose(List<AuthJwks.Row> rows, SecretCipher cipher, Set<String> complaints) {
    Instant now = Instant.now();
    AuthJwks.Row newer = null;
    for (AuthJwks.Row row : rows) {
      if (row.expired()) {
        continue;
      }
      if (active != null
          && newer != null
          && newer.created().plus(SETTLED).plus(tokensLive).isBefore(now)) {
        break;
      }
      try {
        privateKeys.put(row.id(), SigningKey.of(row, cipher));
        if (active == null && row.created().plus(SETTLED).isBefore(now)) {
          active = row.id();
        }
        newer = row;
      } catch (UnusableException e) {
        complaints.add(
            "Keycloak does not sign with key %s of table jwks: it %s"
                .formatted(row.id(), e.getMessage()));
      }
    }
    if (active == null && newer != null) {
      active = newer.id();
    }
    if (active != null) {
      complaints.add(
          "Keycloak signs with key %s of table jwks: whoever has the Better Auth secret can sign as"
                  .formatted(active)
              + " this realm.");
    }
    return Set.copyOf(privateKeys.keySet());
  }

  /** Makes of a published key one that Keycloak verifies with, and signs with if it is the one. */
  void trust(KeyWrapper key) {
    key.setUse(KeyUse.SIG);
    if (key.getKid().equals(active)) {
      key.setStatus(KeyStatus.ACTIVE);
      key.setPrivateKey(privateKeys.get(key.getKid()));
    }
  }
}
