// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.storage;

import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.SessionUsers;
import dev.accesstier.keycloak.schema.UserSearch;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists users page by page, so that no caller's stream holds a connection or a whole table. */
final class UserPages {

  private static final int PAGE = 500;

  private final SessionUsers users;

  UserPages(SessionUsers users) {
    this.users = users;
  }

  /**
   * @param search makes the search anew for every page
   * @param first null or negative: from the beginning
   * @param max null or negative: to the end, read as the stream is consumed
   */
  Stream<AuthUser> stream(
      Supplier<UserSearch> search, @Nullable Integer first, @Nullable Integer max) {
    int offset = first == null ? 0 : Math.max(first, 0);
    if (max != null && max >= 0) {
      return max == 0 ? Stream.empty() : users.search(search.get(), offset, max).stream();
    }
    return Stream.iterate(
            users.search(search.get(), offset, PAGE),
            page -> !page.isEmpty(),
            page -> page.size() < PAGE ? List.of() : following(search, page))
        .flatMap(List::stream);
  }

  private List<AuthUser> following(Supplier<UserSearch> search, List<AuthUser> page) {
    return users.search(search.get().after(page.get(page.size() - 1).email()), 0, PAGE);
  }
}
