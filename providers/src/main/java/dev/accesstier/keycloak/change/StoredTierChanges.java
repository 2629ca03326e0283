// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.HeldTiers;
import dev.accesstier.keycloak.tier.StoredTier;
import dev.accesstier.keycloak.tier.TierStore;
import dev.accesstier.keycloak.tier.UserTiers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionTask;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.storage.UserStorageUtil;
import org.keycloak.storage.adapter.InMemoryUserAdapter;

/**
 * The changes that one session makes in {@link TierStore}s. Two databases take part, so the order
 * is fixed:
 *
 * <ol>
 *   <li>Keycloak is about to commit: the store locks the rows and writes them, uncommitted. What
 *       was there before goes into the trail, in Keycloak's transaction.
 *   <li>Keycloak commits, the trail with it. If it fails, the stores' transactions are rolled back,
 *       and the entries taken back in case a part of Keycloak other than its database failed.
 *   <li>Each store's transaction is committed. If one fails, its entries are taken back.
 *   <li>The cached users of what was changed are evicted and the events are sent.
 * </ol>
 *
 * <p>A server that dies between the two commits leaves entries whose tier is not in the row: never
 * a change without an entry. The next change of that user begins with what the row really has.
 */
final class StoredTierChanges {

  private static final Logger LOG = Logger.getLogger(StoredTierChanges.class);

  private final KeycloakSession session;
  private final Map<String, Batch> batches = new LinkedHashMap<>();
  private final List<HeldTiers> held = new ArrayList<>();
  private final List<Made> made = new ArrayList<>();
  private List<String> entries = List.of();
  private boolean ended;

  /**
   * A change that is asked for.
   *
   * @param user by its names, which the cache knows it by
   */
  private record Wanted(
      AccessTier to, SeenTier seen, TierChange change, PendingChange pending, CachedNames user) {}

  /** What Keycloak's cache knows a user by. */
  record CachedNames(String id, String username, @Nullable String email) {

    void evict(UserCache cache, KeycloakSession session, RealmModel realm) {
      UserModel user = new InMemoryUserAdapter(session, realm, id);
      user.setUsername(username);
      user.setEmail(email);
      cache.evict(realm, user);
    }
  }

  private record Made(TierChange change, CachedNames user, HeldTiers in) {}

  /** Changes in one component, by external id. */
  private record Batch(
      RealmModel realm, StoredTier place, ChangeAuthor author, Map<String, Wanted> wanted) {}

  private StoredTierChanges(KeycloakSession session) {
    this.session = session;
  }

  /** One for each session: two would wait for each other's locks. */
  static StoredTierChanges of(KeycloakSession session) {
    String key = StoredTierChanges.class.getName();
    StoredTierChanges changes = session.getAttribute(key, StoredTierChanges.class);
    if (changes == null) {
      changes = new StoredTierChanges(session);
      session.setAttribute(key, changes);
      session.getTransactionManager().enlistPrepare(changes.new Writing());
      session.getTransactionManager().enlistAfterCompletion(changes.new Ending());
    }
    return changes;
  }

  /** The last one counts where a user is named twice; both learn what becomes of it. */
  PendingChange add(
      RealmModel realm,
      CachedNames names,
      StoredTier user,
      AccessTier to,
      SeenTier seen,
      TierChange change) {
    if (ended) {
      throw new IllegalStateException("The transaction that would write this has ended");
    }
    Map<String, Wanted> wanted =
        batches
            .computeIfAbsent(
                user.component().getId(),
                id -> new Batch(realm, user, change.author(), new LinkedHashMap<>()))
            .wanted();
    Wanted earlier = wanted.get(user.externalId());
    PendingChange pending = earlier == null ? new PendingChange() : earlier.pending();
    wanted.put(user.externalId(), new Wanted(to, seen, change, pending, names));
    return pending;
  }

  /** While Keycloak prepares to commit. */
  private final class Writing extends AbstractKeycloakTransaction {

    @Override
    protected void commitImpl() {
      ended = true;
      TierChangeLog log = session.getProvider(TierChangeLog.class);
      // Keycloak's connection first: whoever holds one of the store's waits for nobody.
      log.begin();
      try {
        batches.values().forEach(StoredTierChanges.this::write);
      } catch (TemporarilyUnavailableException e) {
        throw TemporarilyUnavailableException.ofAnUpdate();
      }
      entries = log.record(made.stream().map(Made::change).toList());
    }

    @Override
    protected void rollbackImpl() {
      // Ending does it.
    }
  }

  /** After Keycloak has committed, or has not. */
  private final class Ending extends AbstractKeycloakTransaction {

    @Override
    protected void commitImpl() {
      List<HeldTiers> failed = held.stream().filter(one -> !commits(one)).toList();
      withdrawWhatDidNotHappen(failed);
      tell();
      if (!failed.isEmpty()) {
        throw TemporarilyUnavailableException.ofAnUpdate();
      }
    }

    @Override
    protected void rollbackImpl() {
      ended = true;
      held.forEach(HeldTiers::rollback);
      withdrawAll();
    }
  }

  /** Whether it did. What was asked of another store is none the worse for this one. */
  private static boolean commits(HeldTiers tiers) {
    try {
      tiers.commit();
      return true;
    } catch (TemporarilyUnavailableException e) {
      tiers.rollback();
      return false;
    }
  }

  private void write(Batch batch) {
    Map<String, AccessTier> tiers = new LinkedHashMap<>();
    batch.wanted().forEach((id, one) -> tiers.put(id, one.to()));
    HeldTiers written =
        writable(batch.place())
            .writeTiers(session, batch.place().component(), tiers, batch.author());
    held.add(written);
    batch
        .wanted()
        .forEach(
            (id, one) -> {
              String before = written.before().get(id);
              if (before == null) {
                one.pending().vanish();
                return;
              }
              one.seen().require(AccessTier.ofUser(before).value());
              if (one.pending().become(!before.equals(one.to().value())).changed()) {
                made.add(new Made(one.change().made(before), one.user(), written));
              }
            });
  }

  /**
   * A commit whose answer got lost may have happened after all, so the rows are asked. Where they
   * cannot be, the entries stay: better one too many than one too few.
   */
  private void withdrawWhatDidNotHappen(List<HeldTiers> failed) {
    Map<Made, String> doubtful = new LinkedHashMap<>();
    for (int i = 0; i < made.size(); i++) {
      if (failed.contains(made.get(i).in())) {
        doubtful.put(made.get(i), entries.get(i));
      }
    }
    if (doubtful.isEmpty()) {
      return;
    }
    made.removeAll(doubtful.keySet());
    try {
      anew(
          later -> {
            List<String> vain = new ArrayList<>();
            doubtful.forEach(
                (one, entry) -> {
                  if (happened(later, one.change())) {
                    made.add(one);
                  } else {
                    vain.add(entry);
                  }
                });
            later.getProvider(TierChangeLog.class).withdraw(vain);
          });
    } catch (RuntimeException e) {
      LOG.errorf(
          e, "Entries of the trail whose change is in doubt are left in it: %s", doubtful.values());
    }
  }

  private static boolean happened(KeycloakSession later, TierChange change) {
    RealmModel realm = later.realms().getRealm(change.realmId());
    UserModel user = later.users().getUserById(realm, change.subjectId());
    return user != null && new UserTiers(later).tierOf(realm, user).value().equals(change.to());
  }

  /** No store has written, but Keycloak's database may have committed before the rest failed. */
  private void withdrawAll() {
    if (entries.isEmpty()) {
      return;
    }
    try {
      anew(later -> later.getProvider(TierChangeLog.class).withdraw(entries));
    } catch (RuntimeException e) {
      LOG.errorf(e, "Entries of the trail whose change did not happen may be in it: %s", entries);
    }
  }

  /** Only now, so that nobody caches the old tier again and no event tells of what was undone. */
  private void tell() {
    try {
      anew(
          later -> {
            UserCache cache = UserStorageUtil.userCache(later);
            for (Made one : made) {
              RealmModel realm = later.realms().getRealm(one.change().realmId());
              if (cache != null) {
                one.user().evict(cache, later, realm);
              }
              TierEvents.report(later, realm, one.change());
            }
          });
    } catch (RuntimeException e) {
      LOG.error("Tiers were changed and recorded, but the admin events could not be stored", e);
    }
  }

  /** In a transaction of its own: the session's has ended. */
  private void anew(KeycloakSessionTask task) {
    KeycloakModelUtils.runJobInTransaction(
        session.getKeycloakSessionFactory(), session.getContext(), task);
  }

  /** Whoever asked for the change has seen that the store takes it. */
  private static WritableTierStore writable(StoredTier at) {
    return (WritableTierStore) at.store();
  }
}
