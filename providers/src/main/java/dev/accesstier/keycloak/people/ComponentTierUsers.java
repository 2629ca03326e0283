// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import dev.accesstier.keycloak.people.TierUsers.Filter;
import dev.accesstier.keycloak.people.TierUsers.Order;
import dev.accesstier.keycloak.people.TierUsers.Row;
import dev.accesstier.keycloak.people.TierUsers.Sorting;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.schema.Shown;
import dev.accesstier.keycloak.schema.UserSearch;
import dev.accesstier.keycloak.tier.AccessTier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.keycloak.storage.StorageId;

/** The people of one component, by email. */
final class ComponentTierUsers implements TierUsers.Source {

  private final String componentId;
  private final SessionUsers users;
  private final Shown shown;
  private final Supplier<Set<String>> locked;

  /**
   * @param locked ids that Keycloak itself keeps disabled
   * @param users remembers the rows, so that looking up who was listed costs nothing
   * @param shown who is to be listed at all
   */
  ComponentTierUsers(
      String componentId, SessionUsers users, Shown shown, Supplier<Set<String>> locked) {
    this.componentId = componentId;
    this.users = users;
    this.shown = shown;
    this.locked = locked;
  }

  @Override
  public List<Row> page(Filter filter, Sorting sorting, int first, int max) {
    return rows(search(filter).sorted(sort(sorting.order()), sorting.descending()), first, max);
  }

  @Override
  public List<Row> pageAfter(Filter filter, @Nullable String after, int max) {
    UserSearch search = search(filter);
    return rows(after == null ? search : search.after(after), 0, max);
  }

  private static UserSearch.Sort sort(Order order) {
    return switch (order) {
      case EMAIL -> UserSearch.Sort.EMAIL;
      case NAME -> UserSearch.Sort.NAME;
      case TIER -> UserSearch.Sort.TIER;
      case CREATED -> UserSearch.Sort.CREATED;
    };
  }

  private List<Row> rows(UserSearch search, int first, int max) {
    List<AuthUser> found = users.search(search, first, max);
    Set<String> shut = found.isEmpty() ? Set.of() : locked.get();
    return found.stream().map(user -> row(user, shut)).toList();
  }

  @Override
  public String key(Row row) {
    return String.valueOf(row.email());
  }

  @Override
  public long count(Filter filter) {
    return users.count(search(filter));
  }

  @Override
  public Map<AccessTier, Long> countByTier() {
    return users.countByTier(new UserSearch().shown(shown));
  }

  private UserSearch search(Filter filter) {
    UserSearch search = new UserSearch().shown(shown);
    if (filter.tier() != null) {
      search.ofTier(filter.tier());
    }
    if (filter.search() != null) {
      search.text(filter.search());
    }
    if (filter.role() != null) {
      search.columnRole(filter.role());
    }
    if (filter.secondFactor() != null) {
      search.secondFactor(filter.secondFactor());
    }
    if (filter.emailVerified() != null) {
      search.emailVerified(filter.emailVerified());
    }
    if (filter.enabled() != null) {
      search.enabled(filter.enabled(), locked.get());
    }
    if (filter.createdFrom() != null) {
      search.createdFrom(filter.createdFrom().toEpochMilli());
    }
    if (filter.createdUntil() != null) {
      search.createdUntil(filter.createdUntil().toEpochMilli());
    }
    return search;
  }

  private Row row(AuthUser user, Set<String> shut) {
    return new Row(
        new StorageId(componentId, user.id()).getId(),
        user.email(),
        user.name(),
        user.role() == null ? "user" : user.role(),
        AccessTier.ofUser(user.accessTier()),
        user.createdAt(),
        user.twoFactorEnabled(),
        user.emailVerified(),
        !user.shut() && !shut.contains(user.id()));
  }
}
