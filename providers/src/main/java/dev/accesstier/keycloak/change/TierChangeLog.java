// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.provider.Provider;

/**
 * The trail of changes, kept in Keycloak's own database and written in the transaction of the
 * session it belongs to.
 */
public interface TierChangeLog extends Provider {

  /**
   * A row of Keycloak's own that is locked.
   *
   * @param tier the tier stored in it now; null where there is none
   */
  record Locked(@Nullable String tier) {}

  /**
   * Takes what {@link #record} will need, so that a caller who holds a lock of another database
   * waits for nothing here.
   */
  void begin();

  /**
   * Locks a user or client that is kept in Keycloak's own database until the transaction ends, and
   * forgets what the session had read of it before.
   *
   * @return empty when it is kept elsewhere
   */
  Optional<Locked> lock(TierSubject subject, String id);

  /**
   * Adds the changes, in this order. The caller keeps other changes of the same subjects off until
   * the transaction ends.
   *
   * @return the entries' ids
   */
  List<String> record(Collection<TierChange> changes);

  /** Takes entries back whose change turned out not to have happened. */
  void withdraw(Collection<String> ids);
}
