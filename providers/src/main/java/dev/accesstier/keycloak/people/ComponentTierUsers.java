// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.people;

import dev.accesstier.keycloak.people.TierUsers.Filter;
import dev.accesstier.keycloak.people.TierUsers.Row;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.schema.Shown;
import dev.accesstier.keycloak.schema.UserSearch;
import dev.accesstier.keycloak.tier.AccessTier;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.storage.StorageId;

/** The people of one component, by email. */
final class ComponentTierUsers implements TierUsers.Source {

  private final String componentId;
  private final SessionUsers users;
  private final Shown shown;

  /**
   * @param users remembers the rows, so that looking up who was listed costs nothing
   * @param shown who is to be listed at all
   */
  ComponentTierUsers(String componentId, SessionUsers users, Shown shown) {
    this.componentId = componentId;
    this.users = users;
    this.shown = shown;
  }

  @Override
  public List<Row> page(Filter filter, @Nullable String after, int first, int max) {
    UserSearch search = search(filter);
    if (after != null) {
      search.after(after);
    }
    return users.search(search, first, max).stream().map(this::row).toList();
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
    return search;
  }

  private Row row(AuthUser user) {
    return new Row(
        new StorageId(componentId, user.id()).getId(),
        user.email(),
        user.name(),
        user.role() == null ? "user" : user.role(),
        AccessTier.ofUser(user.accessTier()),
        user.createdAt(),
        user.twoFactorEnabled());
  }
}
