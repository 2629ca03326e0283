// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.ChangeAuthor;
import dev.accesstier.keycloak.change.TierChange;
import dev.accesstier.keycloak.people.UserNames;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * An entry of the trail, as answered.
 *
 * @param at ISO 8601 in UTC
 * @param by name of the admin; the id where the admin is gone or may not be seen; null where it was
 *     nobody
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

  /** The trail keeps ids; the names are looked up, where the reader may see them. */
  static List<TrailEntry> of(AdminRequest reader, List<TierChange> changes) {
    Map<String, String> names =
        reader.may().mayViewEveryone() ? allNames(reader, changes) : visibleNames(reader, changes);
    return changes.stream().map(change -> of(change, name(change.author(), names))).toList();
  }

  /** Those of one realm together. */
  private static Map<String, String> allNames(AdminRequest reader, List<TierChange> changes) {
    KeycloakSession session = reader.session();
    Map<String, Set<String>> authors = new HashMap<>();
    for (TierChange change : changes) {
      ChangeAuthor author = change.author();
      if (author.realmId() != null && author.userId() != null) {
        authors.computeIfAbsent(author.realmId(), id -> new HashSet<>()).add(author.userId());
      }
    }
    Map<String, String> names = new HashMap<>();
    authors.forEach(
        (realmId, ids) -> {
          RealmModel realm = session.realms().getRealm(realmId);
          if (realm != null) {
            names.putAll(new UserNames(session, realm).of(ids));
          }
        });
    return names;
  }

  private static Map<String, String> visibleNames(AdminRequest reader, List<TierChange> changes) {
    Map<String, String> names = new HashMap<>();
    changes.stream()
        .map(TierChange::author)
        .filter(author -> reader.realm().getId().equals(author.realmId()))
        .map(ChangeAuthor::userId)
        .filter(Objects::nonNull)
        .distinct()
        .map(id -> reader.session().users().getUserById(reader.realm(), id))
        .filter(user -> user != null && reader.may().mayView(user))
        .forEach(user -> names.put(user.getId(), user.getUsername()));
    return names;
  }

  private static @Nullable String name(ChangeAuthor author, Map<String, String> names) {
    return author.userId() == null ? null : names.getOrDefault(author.userId(), author.userId());
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
}
