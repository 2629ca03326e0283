// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import dev.accesstier.keycloak.change.StoredTierChanges.CachedNames;
import dev.accesstier.keycloak.tier.AccessTier;
import dev.accesstier.keycloak.tier.RequiredTier;
import dev.accesstier.keycloak.tier.StoredTier;
import dev.accesstier.keycloak.tier.TierStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.cache.CachedUserModel;
import org.keycloak.storage.ReadOnlyException;

/**
 * The one way to change a tier, a user's own or the one a client requires. Whoever comes here has
 * made sure that the author may do it.
 *
 * <p>A change counts when the session's transaction commits, together with its entry in the trail,
 * and not at all when the transaction fails.
 */
public final class TierChanges {

  private final KeycloakSession session;
  private final ChangeAuthor author;
  private final ChangeSource source;

  public TierChanges(KeycloakSession session, ChangeAuthor author, ChangeSource source) {
    this.session = session;
    this.author = author;
    this.source = source;
  }

  /** Whether the user's tier lives in a {@link TierStore} and not in Keycloak's own storage. */
  public boolean isStoredElsewhere(RealmModel realm, UserModel user) {
    return StoredTier.of(session, realm, user).isPresent();
  }

  /**
   * Gives the user that tier.
   *
   * @param reason null: none given
   * @throws ReadOnlyException when the user's component lets nobody change tiers
   */
  public PendingChange change(
      RealmModel realm, UserModel user, AccessTier to, @Nullable String reason) {
    return change(realm, user, to, SeenTier.ANY, reason);
  }

  /**
   * Gives the user that tier if they have the one that was seen.
   *
   * @throws TierMovedException when they have another one; for a user of a {@link TierStore} the
   *     commit throws it
   */
  public PendingChange change(
      RealmModel realm, UserModel user, AccessTier to, SeenTier seen, @Nullable String reason) {
    TierChange wanted = wanted(realm, TierSubject.USER, user.getId(), to.value(), reason);
    Optional<StoredTier> stored = StoredTier.of(session, realm, user);
    if (stored.isEmpty()) {
      return changeHere(realm, user, seen, wanted);
    }
    return changeStored(
        realm,
        stored.get(),
        new CachedNames(user.getId(), user.getUsername(), user.getEmail()),
        to,
        seen,
        wanted);
  }

  /**
   * Gives a user of a {@link TierStore} that tier, without Keycloak's own picture of the user: for
   * many who have just been listed.
   *
   * @param username which is the email as well
   * @param reason null: none given
   * @throws ReadOnlyException when the user's component lets nobody change tiers
   * @throws IllegalArgumentException when the id is of no such user
   */
  public PendingChange changeListed(
      RealmModel realm, String id, String username, AccessTier to, @Nullable String reason) {
    StoredTier stored =
        StoredTier.of(session, realm, id).orElseThrow(() -> new IllegalArgumentException(id));
    return changeStored(
        realm,
        stored,
        new CachedNames(id, username, username),
        to,
        SeenTier.ANY,
        wanted(realm, TierSubject.USER, id, to.value(), reason));
  }

  private PendingChange changeStored(
      RealmModel realm,
      StoredTier stored,
      CachedNames names,
      AccessTier to,
      SeenTier seen,
      TierChange wanted) {
    if (!isEditable(stored)) {
      throw new ReadOnlyException("Tiers are read-only in this user's storage");
    }
    return StoredTierChanges.of(session).add(realm, names, stored, to, seen, wanted);
  }

  /** Adds the tier that a user was made with to the trail; nothing where they have none. */
  public void recordFirst(RealmModel realm, UserModel user) {
    String tier = user.getFirstAttribute(AccessTier.ATTRIBUTE);
    if (tier != null && !tier.isBlank() && !isStoredElsewhere(realm, user)) {
      record(realm, wanted(realm, TierSubject.USER, user.getId(), tier, null), null);
    }
  }

  /**
   * Makes the client require that tier.
   *
   * @param to null: it is open to all
   * @param reason null: none given
   */
  public PendingChange require(
      RealmModel realm, ClientModel client, @Nullable AccessTier to, @Nullable String reason) {
    return require(realm, client, to, SeenTier.ANY, reason);
  }

  /**
   * Makes the client require that tier if it requires the one that was seen.
   *
   * @throws TierMovedException when it requires another one
   */
  public PendingChange require(
      RealmModel realm,
      ClientModel client,
      @Nullable AccessTier to,
      SeenTier seen,
      @Nullable String reason) {
    String value = to == null ? null : to.value();
    TierChange wanted = wanted(realm, TierSubject.CLIENT, client.getId(), value, reason);
    String before =
        log()
            .lock(TierSubject.CLIENT, client.getId())
            .map(locked -> Optional.ofNullable(locked.tier()))
            .orElseGet(() -> Optional.ofNullable(client.getAttribute(RequiredTier.ATTRIBUTE)))
            .filter(text -> !text.isBlank())
            .orElse(null);
    seen.require(before);
    if (before == null ? value == null : before.equals(value)) {
      return new PendingChange().become(false);
    }
    if (value == null) {
      client.removeAttribute(RequiredTier.ATTRIBUTE);
    } else {
      client.setAttribute(RequiredTier.ATTRIBUTE, value);
    }
    record(realm, wanted, before);
    return new PendingChange().become(true);
  }

  /**
   * Notes that an admin has taken away a user's second factor, which changes no tier: the entry has
   * none before and none after.
   *
   * @param reason null: none given
   */
  public void recordRemovedSecondFactor(RealmModel realm, String userId, @Nullable String reason) {
    var unused =
        log().record(List.of(wanted(realm, TierSubject.USER, userId, null, reason).made(null)));
  }

  /** In Keycloak's own database, in the transaction that the entry is written in. */
  private PendingChange changeHere(
      RealmModel realm, UserModel user, SeenTier seen, TierChange wanted) {
    String stored =
        log()
            .lock(TierSubject.USER, user.getId())
            .map(locked -> Optional.ofNullable(locked.tier()))
            .orElseGet(() -> Optional.ofNullable(user.getFirstAttribute(AccessTier.ATTRIBUTE)))
            .filter(text -> !text.isBlank())
            .orElse(AccessTier.PUBLIC.value());
    seen.require(AccessTier.ofUser(stored).value());
    if (stored.equals(wanted.to())) {
      return new PendingChange().become(false);
    }
    // Past the cache, which would drop a write of the value that it has itself, current or not.
    UserModel behindTheCache =
        user instanceof CachedUserModel cached ? cached.getDelegateForUpdate() : user;
    behindTheCache.setSingleAttribute(AccessTier.ATTRIBUTE, wanted.to());
    record(realm, wanted, stored);
    return new PendingChange().become(true);
  }

  private void record(RealmModel realm, TierChange wanted, @Nullable String before) {
    TierChange change = wanted.made(before);
    log().record(List.of(change));
    TierEvents.report(session, realm, change);
  }

  private TierChange wanted(
      RealmModel realm,
      TierSubject subject,
      String id,
      @Nullable String to,
      @Nullable String reason) {
    return new TierChange(
        realm.getId(),
        subject,
        id,
        null,
        to,
        Instant.ofEpochMilli(Time.currentTimeMillis()),
        author,
        source,
        reason);
  }

  private TierChangeLog log() {
    return session.getProvider(TierChangeLog.class);
  }

  private boolean isEditable(StoredTier at) {
    return at.store() instanceof WritableTierStore store
        && store.isTierEditable(session, at.component());
  }
}
