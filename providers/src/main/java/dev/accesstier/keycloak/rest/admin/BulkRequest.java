// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.rest.Json;
import dev.accesstier.keycloak.rest.RequestParameters;
import dev.accesstier.keycloak.tier.AccessTier;
import jakarta.ws.rs.ForbiddenException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change of many users.
 *
 * @param ids which ones, each of them text; null where the filter says it
 * @param filter which ones; null where the ids say it
 * @param all that an empty filter is meant
 * @param tier what they shall have
 * @param dryRun that nothing is to be changed
 */
record BulkRequest(
    @Nullable List<@Nullable Object> ids,
    @Nullable UserSearchParameters filter,
    @Nullable Boolean all,
    @Nullable String tier,
    @Nullable String reason,
    @Nullable Boolean dryRun) {

  private static final int MOST_IDS = 10_000;

  /**
   * What became of it.
   *
   * @param matched users that were meant and are there
   * @param failed the first of those whose tier stays
   * @param failedLeftOut how many more there are
   */
  record Result(int matched, int changed, int unchanged, List<Failed> failed, int failedLeftOut) {}

  /**
   * A user whose tier stays.
   *
   * @param code for programs; null where only the sentence says it
   */
  record Failed(String id, String error, @Nullable String code) {}

  Result run(AdminRequest admin) {
    AccessTier to = RequestParameters.tier(tier);
    String why = RequestParameters.reason(reason);
    if ((ids == null) == (filter == null)) {
      throw Json.bad("Give either ids or a filter");
    }
    Failures<Failed> failed = new Failures<>();
    if (filter != null) {
      if (filter.isEmpty() && !Boolean.TRUE.equals(all)) {
        throw Json.bad("An empty filter means everyone; say so with \"all\": true");
      }
      var among = admin.may().requireManageableUsers();
      var meant = filter.filter();
      Bulk bulk = bulk(admin, why, failed);
      bulk.change(meant, among, to);
      return result(bulk, failed);
    }
    Map<String, AccessTier> tiers = new LinkedHashMap<>();
    for (String id : checkedIds()) {
      tiers.put(id, to);
    }
    Bulk bulk = bulk(admin, why, failed);
    bulk.change(tiers);
    if (bulk.allForbidden()) {
      throw new ForbiddenException();
    }
    return result(bulk, failed);
  }

  private List<String> checkedIds() {
    List<String> checked = new ArrayList<>();
    for (Object id : Objects.requireNonNull(ids)) {
      if (!(id instanceof String text) || text.isEmpty()) {
        throw Json.bad("An id must be text");
      }
      checked.add(text);
    }
    if (checked.size() > MOST_IDS) {
      throw Json.bad("At most " + MOST_IDS + " ids at a time");
    }
    return checked;
  }

  private Bulk bulk(AdminRequest admin, @Nullable String why, Failures<Failed> failed) {
    return new Bulk(
        AdminTransactions.instead(admin),
        ChangeSource.BULK,
        why,
        Boolean.TRUE.equals(dryRun),
        (id, failure) -> failed.add(new Failed(id, failure.sentence(), failure.code())));
  }

  private static Result result(Bulk bulk, Failures<Failed> failed) {
    return new Result(
        bulk.matched(), bulk.changed(), bulk.unchanged(), failed.listed(), failed.leftOut());
  }
}
