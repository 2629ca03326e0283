// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.tier.ChangeAuthor;
import dev.accesstier.keycloak.tier.TierChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * An entry of the trail, as answered.
 *
 * @param at ISO 8601 in UTC
 * @param by name of the admin; the id where the admin is gone; null where it was nobody
 * @param byClient the client the admin used
 */
record TrailEntry(
    String at,
    @Nullable String from,
    @Nullable String to,
    @Nullable String by,
    @Nullable String byClient,
    @Nullable String ip,
    @Nullable String reason,
    String source) {

  /** The trail keeps ids; the names are looked up, each once. */
  static List<TrailEntry> of(KeycloakSession session, List<TierChange> changes) {
    Map<ChangeAuthor, Optional<String>> names = new HashMap<>();
    return changes.stream()
        .map(
            change ->
                of(
                    change,
                    names
                        .computeIfAbsent(
                            change.author(), author -> Optional.ofNullable(name(session, author)))
                        .orElse(null)))
        .toList();
  }

  private static TrailEntry of(TierChange change, @Nullable String by) {
    return new TrailEntry(
        change.at().toString(),
        change.from(),
        change.to(),
        by,
        change.author().clientId(),
        change.author().ip(),
        change.reason(),
        change.source().value());
  }

  static @Nullable String name(KeycloakSession session, ChangeAuthor author) {
    RealmModel realm =
        author.realmId() == null ? null : session.realms().getRealm(author.realmId());
    UserModel admin =
        realm == null || author.userId() == null
            ? null
            : session.users().getUserById(realm, author.userId());
    return admin == null ? author.userId() : admin.getUsername();
  }
}
