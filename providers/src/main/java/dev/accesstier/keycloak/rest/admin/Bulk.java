// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.rest.admin;

import dev.accesstier.keycloak.change.ChangeSource;
import dev.accesstier.keycloak.change.PendingChange;
import dev.accesstier.keycloak.people.PermittedUsers;
import dev.accesstier.keycloak.people.TierUsers;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.UserTiers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.UserModel;
import org.keycloak.representations.idm.ErrorRepresentation;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.storage.ReadOnlyException;
import org.keycloak.storage.StorageId;

/** Changes many users, some at a time, each lot in a transaction of its own. */
final class Bulk {

  private static final Logger LOG = Logger.getLogger(Bulk.class);
  private static final int LOT = 200;

  /** What is said of an id that adds nobody to those who are meant. */
  private static final Set<ApiError> NOBODY_NEW =
      EnumSet.of(ApiError.USER_NOT_FOUND, ApiError.NAMED_TWICE);

  /**
   * What a user shall have.
   *
   * @param listedEmail of a user who was listed among those that the admin may manage; null: the
   *     user is to be found, and the admin asked for the permission
   */
  private record Target(AccessTier tier, @Nullable String listedEmail) {}

  /**
   * Why a user's tier stays.
   *
   * @param error null where only the sentence says it
   */
  record Failure(@Nullable ApiError error, String sentence) {

    static Failure of(ApiError error) {
      return new Failure(error, error.sentence());
    }

    @Nullable String code() {
      return error == null ? null : error.code();
    }
  }

  private final AdminTransactions jobs;
  private final ChangeSource source;
  private final @Nullable String reason;
  private final boolean dryRun;
  private final BiConsumer<String, Failure> failure;
  private final Set<String> named = new HashSet<>();
  private int matched;
  private int changed;
  private int unchanged;
  private int forbidden;

  /**
   * @param dryRun whether nothing is changed, only counted
   * @param failure is told the id and the reason
   */
  Bulk(
      AdminTransactions jobs,
      ChangeSource source,
      @Nullable String reason,
      boolean dryRun,
      BiConsumer<String, Failure> failure) {
    this.jobs = jobs;
    this.source = source;
    this.reason = reason;
    this.dryRun = dryRun;
    this.failure = failure;
  }

  int matched() {
    return matched;
  }

  int changed() {
    return changed;
  }

  int unchanged() {
    return unchanged;
  }

  /** Whether there were users and the admin may manage none of them. */
  boolean allForbidden() {
    return matched > 0 && forbidden == matched;
  }

  /** Gives each user, by id, a tier. */
  void change(Map<String, AccessTier> tiers) {
    List<String> ids = new ArrayList<>(new LinkedHashSet<>(tiers.keySet()));
    for (int from = 0; from < ids.size(); from += LOT) {
      Map<String, Target> lot = new LinkedHashMap<>();
      ids.subList(from, Math.min(from + LOT, ids.size()))
          .forEach(id -> lot.put(id, new Target(tiers.getOrDefault(id, AccessTier.GUEST), null)));
      changeLot(job -> lot);
      if (allForbidden()) {
        // Of the first lot; it would go on so, and cost as much again for each.
        return;
      }
    }
  }

  /**
   * Gives all that match the tier; whoever comes to match while it runs may be left out.
   *
   * @param among those that the admin may manage
   */
  void change(TierUsers.Filter filter, PermittedUsers among, AccessTier tier) {
    AtomicReference<TierUsers.@Nullable Position> position = new AtomicReference<>();
    do {
      if (dryRun) {
        foresee(jobs.run(job -> next(job, filter, among, position)), tier);
      } else {
        // In one session, which then knows the users it has listed.
        changeLot(
            job -> {
              Map<String, Target> lot = new LinkedHashMap<>();
              next(job, filter, among, position)
                  .rows()
                  .forEach(row -> lot.put(row.id(), new Target(tier, row.email())));
              return lot;
            });
      }
    } while (position.get() != null);
  }

  private static TierUsers.Slice next(
      AdminTransactions.Job job,
      TierUsers.Filter filter,
      PermittedUsers among,
      AtomicReference<TierUsers.@Nullable Position> position) {
    TierUsers.Slice slice =
        new TierUsers(job.session, job.realm, among).slice(filter, position.get(), LOT);
    position.set(slice.next());
    return slice;
  }

  /** Nobody is among them whom the admin may not manage, so the rows say it all. */
  private void foresee(TierUsers.Slice slice, AccessTier tier) {
    int same = (int) slice.rows().stream().filter(row -> row.tier() == tier).count();
    matched += slice.rows().size();
    unchanged += same;
    changed += slice.rows().size() - same;
  }

  private void changeLot(Function<AdminTransactions.Job, Map<String, Target>> lotOf) {
    Map<String, Target> lot = new LinkedHashMap<>();
    Map<String, PendingChange> pending = new LinkedHashMap<>();
    Map<String, Failure> failed = new LinkedHashMap<>();
    try {
      jobs.run(
          job -> {
            lot.putAll(lotOf.apply(job));
            lot.forEach((id, target) -> ask(job, id, target, pending, failed));
            return lot;
          });
    } catch (RuntimeException e) {
      if (lot.isEmpty()) {
        throw e;
      }
      LOG.error("A lot of tier changes failed; nothing of it was written", e);
      Failure why =
          e instanceof ErrorResponseException told ? told(told) : Failure.of(ApiError.NOT_CHANGED);
      pending.clear();
      lot.keySet().forEach(id -> failed.putIfAbsent(id, why));
    }
    pending.forEach(
        (id, change) -> {
          matched++;
          if (change.gone()) {
            failed.put(id, Failure.of(ApiError.USER_NOT_FOUND));
          } else if (change.changed()) {
            changed++;
          } else {
            unchanged++;
          }
        });
    matched +=
        (int)
            failed.values().stream()
                .filter(one -> one.error() == null || !NOBODY_NEW.contains(one.error()))
                .count();
    forbidden +=
        (int) failed.values().stream().filter(one -> one.error() == ApiError.FORBIDDEN).count();
    failed.forEach(failure);
  }

  private void ask(
      AdminTransactions.Job job,
      String id,
      Target target,
      Map<String, PendingChange> pending,
      Map<String, Failure> failed) {
    AccessTier tier = target.tier();
    try {
      if (target.listedEmail() != null && !StorageId.isLocalStorage(id)) {
        pending.put(
            id,
            job.changes(source).changeListed(job.realm, id, target.listedEmail(), tier, reason));
        return;
      }
      FoundUser found = FoundUser.byId(job.session, job.realm, id);
      if (found instanceof FoundUser.One one) {
        ask(job, id, one.user(), tier, pending, failed);
      } else {
        failed.put(
            id,
            Failure.of(
                found instanceof FoundUser.Several
                    ? ApiError.AMBIGUOUS_ID
                    : ApiError.USER_NOT_FOUND));
      }
    } catch (ReadOnlyException e) {
      failed.put(id, Failure.of(ApiError.TIERS_READ_ONLY));
    }
  }

  private void ask(
      AdminTransactions.Job job,
      String id,
      UserModel user,
      AccessTier tier,
      Map<String, PendingChange> pending,
      Map<String, Failure> failed) {
    if (!job.mayManage(user)) {
      failed.put(id, Failure.of(ApiError.FORBIDDEN));
    } else if (user.getServiceAccountClientLink() != null) {
      failed.put(id, Failure.of(ApiError.SERVICE_ACCOUNT));
    } else if (!named.add(user.getId())) {
      failed.put(id, Failure.of(ApiError.NAMED_TWICE));
    } else if (dryRun) {
      pending.put(
          id, PendingChange.foreseen(new UserTiers(job.session).tierOf(job.realm, user) != tier));
    } else {
      pending.put(id, job.changes(source).change(job.realm, user, tier, reason));
    }
  }

  private static Failure told(ErrorResponseException e) {
    return e.getResponse().getEntity() instanceof ErrorRepresentation error
        ? new Failure(null, error.getErrorMessage())
        : Failure.of(ApiError.NOT_CHANGED);
  }
}
