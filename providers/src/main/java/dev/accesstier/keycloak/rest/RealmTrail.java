// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.audit.TierTrail;
import dev.accesstier.keycloak.storage.UserNames;
import dev.accesstier.keycloak.tier.TierChange;
import dev.accesstier.keycloak.tier.TierSubject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;

/** The realm's trail, with whom or what each entry is about. */
final class RealmTrail {

  private RealmTrail() {}

  /**
   * An entry.
   *
   * @param subject {@code user} or {@code client}
   * @param id Keycloak's
   * @param name the user's email or name, or the client id; null for those that are gone
   */
  record Entry(String subject, String id, @Nullable String name, TrailEntry change) {}

  static List<Entry> page(Admin admin, Asked.Page page) {
    List<TierChange> changes =
        new TierTrail(admin.session(), admin.realm()).all(page.first(), page.max());
    List<TrailEntry> entries = TrailEntry.of(admin.session(), changes);
    Map<String, String> users =
        new UserNames(admin.session(), admin.realm())
            .of(
                changes.stream()
                    .filter(change -> change.subject() == TierSubject.USER)
                    .map(TierChange::subjectId)
                    .toList());
    return IntStream.range(0, changes.size())
        .mapToObj(i -> entry(admin, changes.get(i), users, entries.get(i)))
        .toList();
  }

  private static Entry entry(
      Admin admin, TierChange change, Map<String, String> users, TrailEntry entry) {
    return new Entry(
        change.subject().name().toLowerCase(Locale.ROOT),
        change.subjectId(),
        change.subject() == TierSubject.USER
            ? users.get(change.subjectId())
            : clientName(admin, change.subjectId()),
        entry);
  }

  private static @Nullable String clientName(Admin admin, String id) {
    ClientModel client = admin.realm().getClientById(id);
    return client == null ? null : client.getClientId();
  }
}
