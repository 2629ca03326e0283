// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import dev.accesstier.keycloak.component.KnownComponent;
import dev.accesstier.keycloak.schema.AuthUser;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.storage.StorageId;

/** What changes mean for the users of one component in its realm. */
final class ComponentWatch {

  private final String id;
  private final String realmId;
  private final EndedSessions sessions;

  /** Of the rows of those who are cached, as they were at the last turn. */
  private final Map<String, Integer> rows = new HashMap<>();

  private String lastOfTurn = "";
  private boolean endSessions;

  ComponentWatch(KnownComponent component) {
    this.id = component.id();
    this.realmId = component.realmId();
    this.sessions = new EndedSessions(component.realmId(), component.id());
  }

  ComponentWatch with(KnownComponent now) {
    endSessions = now.settings().endSessions();
    return this;
  }

  /** Handles rows that somebody wrote. */
  void written(KeycloakSession session, Collection<AuthUser> users) {
    RealmModel realm = session.realms().getRealm(realmId);
    if (realm == null || users.isEmpty()) {
      return;
    }
    CachedUsers cached = new CachedUsers(session);
    users.forEach(user -> cached.evict(realm, keycloakId(user)));
    if (endSessions) {
      sessions.lookAt(users.stream().map(this::keycloakId).toList());
    }
  }

  /**
   * Looks at a lot of those who are cached here, and of those who are signed in: whether their rows
   * are still there, and the same.
   *
   * @param all at everybody who is cached, for something was written
   */
  void turn(
      KeycloakSession session, boolean all, Function<Collection<String>, List<AuthUser>> reader) {
    RealmModel realm = session.realms().getRealm(realmId);
    if (realm == null) {
      return;
    }
    CachedUsers cached = new CachedUsers(session);
    NavigableSet<String> ids = cached.of(id).navigableKeySet();
    rows.keySet().retainAll(ids);
    for (List<String> lot : lots(ids, all)) {
      Map<String, AuthUser> found = found(lot, reader);
      for (String one : lot) {
        AuthUser user = found.get(one);
        if (user == null || isAnother(cached, one, user)) {
          cached.evict(realm, one);
        }
      }
    }
    if (endSessions) {
      sessions.turn(session, realm, lot -> found(lot, reader));
    }
  }

  /** Of whom there was no turn yet, the cache itself says how the row was. */
  private boolean isAnother(CachedUsers cached, String keycloakId, AuthUser user) {
    int now = contents(user);
    Integer before = rows.put(keycloakId, now);
    return before == null ? cached.differs(keycloakId, user) : before != now;
  }

  private List<List<String>> lots(NavigableSet<String> ids, boolean all) {
    List<List<String>> lots = new ArrayList<>();
    NavigableSet<String> left = all ? ids : ids.tailSet(lastOfTurn, false);
    List<String> lot = new ArrayList<>();
    for (String one : left) {
      lot.add(one);
      if (lot.size() == DatabaseWatch.LOT) {
        lots.add(lot);
        lot = new ArrayList<>();
        if (!all) {
          lastOfTurn = one;
          return lots;
        }
      }
    }
    lastOfTurn = "";
    if (!lot.isEmpty()) {
      lots.add(lot);
    }
    return lots;
  }

  private Map<String, AuthUser> found(
      Collection<String> keycloakIds, Function<Collection<String>, List<AuthUser>> reader) {
    Set<String> externalIds = new HashSet<>();
    keycloakIds.forEach(one -> externalIds.add(new StorageId(one).getExternalId()));
    return reader.apply(externalIds).stream()
        .collect(Collectors.toMap(this::keycloakId, Function.identity()));
  }

  private String keycloakId(AuthUser user) {
    return new StorageId(id, user.id()).getId();
  }

  private static int contents(AuthUser user) {
    return Objects.hash(
        user.name(),
        user.email(),
        user.emailVerified(),
        user.image(),
        user.role(),
        user.accessTier(),
        user.twoFactorEnabled(),
        user.shut(),
        user.locale());
  }
}
