// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.watch;

import dev.accesstier.keycloak.schema.AuthUser;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.infinispan.Cache;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.infinispan.InfinispanConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.models.cache.infinispan.entities.CachedUser;
import org.keycloak.storage.UserStorageUtil;
import org.keycloak.storage.adapter.InMemoryUserAdapter;

/** The users that Keycloak has in this node's cache. */
final class CachedUsers {

  private final KeycloakSession session;
  private final @Nullable UserCache cache;
  private final Map<String, Object> entries;

  CachedUsers(KeycloakSession session) {
    this.session = session;
    this.cache = UserStorageUtil.userCache(session);
    InfinispanConnectionProvider caches = session.getProvider(InfinispanConnectionProvider.class);
    Cache<String, Object> found =
        cache == null || caches == null
            ? null
            : caches.getCache(InfinispanConnectionProvider.USER_CACHE_NAME, false);
    this.entries = found == null ? Map.of() : found;
  }

  /** Those of a component by Keycloak's ids, in order. */
  NavigableMap<String, CachedUser> of(String componentId) {
    String prefix = "f:" + componentId + ":";
    NavigableMap<String, CachedUser> users = new TreeMap<>();
    entries.forEach(
        (key, entry) -> {
          if (key.startsWith(prefix) && entry instanceof CachedUser user) {
            users.put(key, user);
          }
        });
    return users;
  }

  /** Whether the cache has names, address or state that the row has not. */
  boolean differs(String id, AuthUser row) {
    return entries.get(id) instanceof CachedUser cached
        && !(row.email().equals(cached.getEmail())
            && row.name().equals(name(cached))
            && row.emailVerified() == cached.isEmailVerified()
            && row.shut() != cached.isEnabled());
  }

  private String name(CachedUser cached) {
    return Stream.of(UserModel.FIRST_NAME, UserModel.LAST_NAME)
        .map(name -> cached.getFirstAttribute(session, name, () -> null))
        .filter(text -> text != null && !text.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** Lets go of a user on all nodes, if this one has them. */
  void evict(RealmModel realm, String id) {
    if (cache != null && entries.get(id) instanceof CachedUser cached) {
      InMemoryUserAdapter user = new InMemoryUserAdapter(session, realm, id);
      user.setUsername(cached.getUsername());
      user.setEmail(cached.getEmail());
      cache.evict(realm, user);
    }
  }
}
