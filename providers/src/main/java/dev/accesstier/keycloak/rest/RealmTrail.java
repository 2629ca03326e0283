// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest;

import dev.accesstier.keycloak.audit.TierTrail;
import dev.accesstier.keycloak.tier.TierChange;
import dev.accesstier.keycloak.tier.TierSubject;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;

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
    return IntStream.range(0, changes.size())
        .mapToObj(i -> entry(admin, changes.get(i), entries.get(i)))
        .toList();
  }

  private static Entry entry(Admin admin, TierChange change, TrailEntry entry) {
    return new Entry(
        change.subject().name().toLowerCase(Locale.ROOT),
        change.subjectId(),
        change.subject() == TierSubject.USER
            ? userName(admin, change.subjectId())
            : clientName(admin, change.subjectId()),
        entry);
  }

  private static @Nullable String userName(Admin admin, String id) {
    UserModel user = admin.session().users().getUserById(admin.realm(), id);
    return user == null ? null : user.getUsername();
  }

  private static @Nullable String clientName(Admin admin, String id) {
    ClientModel client = admin.realm().getClientById(id);
    return client == null ? null : client.getClientId();
  }
}
