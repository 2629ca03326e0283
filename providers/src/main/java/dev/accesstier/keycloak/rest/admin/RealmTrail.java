// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.audit.TierTrail;
import dev.accesstier.keycloak.audit.TrailFilter;
import dev.accesstier.keycloak.change.TierChange;
import dev.accesstier.keycloak.change.TierSubject;
import dev.accesstier.keycloak.people.PermittedUsers;
import dev.accesstier.keycloak.people.UserNames;
import dev.accesstier.keycloak.rest.RequestParameters;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
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

  static List<Entry> page(AdminRequest admin, TrailFilter filter, RequestParameters.Page page) {
    TierTrail trail = new TierTrail(admin.session(), admin.realm());
    List<TierChange> changes =
        admin.may().mayViewEveryone() && admin.may().mayViewEveryClient()
            ? trail.all(filter, page.first(), page.max())
            : trail.all(filter, visibleTo(admin), page.first(), page.max());
    List<TrailEntry> entries = TrailEntry.of(admin, changes);
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

  /** What became of those who are gone is for admins who may see everyone. */
  private static Predicate<TierChange> visibleTo(AdminRequest admin) {
    PermittedUsers users = admin.may().visibleUsers();
    boolean goneUsers = users.isEveryone();
    boolean goneClients = admin.may().mayViewEveryClient();
    Map<String, Boolean> known = new HashMap<>();
    return change ->
        known.computeIfAbsent(
            change.subject() + change.subjectId(),
            subject ->
                switch (change.subject()) {
                  case USER ->
                      goneUsers
                          || (users.contains(change.subjectId())
                              && isThere(admin, change.subjectId()));
                  case CLIENT -> {
                    ClientModel client = admin.realm().getClientById(change.subjectId());
                    yield goneClients || (client != null && admin.may().mayView(client));
                  }
                });
  }

  private static boolean isThere(AdminRequest admin, String userId) {
    return admin.session().users().getUserById(admin.realm(), userId) != null;
  }

  private static Entry entry(
      AdminRequest admin, TierChange change, Map<String, String> users, TrailEntry entry) {
    return new Entry(
        change.subject().name().toLowerCase(Locale.ROOT),
        change.subjectId(),
        change.subject() == TierSubject.USER
            ? users.get(change.subjectId())
            : clientName(admin, change.subjectId()),
        entry);
  }

  private static @Nullable String clientName(AdminRequest admin, String id) {
    ClientModel client = admin.realm().getClientById(id);
    return client == null ? null : client.getClientId();
  }
}
