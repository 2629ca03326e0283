// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

/** What becomes of a tier that was asked for; known once the session's transaction has ended. */
public final class PendingChange {

  private enum State {
    PENDING,
    CHANGED,
    UNCHANGED,
    GONE
  }

  private State state = State.PENDING;

  PendingChange() {}

  /** What would become of a tier that nobody asks for in earnest. */
  public static PendingChange foreseen(boolean changed) {
    return new PendingChange().become(changed);
  }

  /** Whether the tier is another one now; false where it was this one already. */
  public boolean changed() {
    return known() == State.CHANGED;
  }

  /** Whether the user went away in the meantime. */
  public boolean gone() {
    return known() == State.GONE;
  }

  private State known() {
    if (state == State.PENDING) {
      throw new IllegalStateException("The transaction has not ended, or has failed");
    }
    return state;
  }

  PendingChange become(boolean changed) {
    state = changed ? State.CHANGED : State.UNCHANGED;
    return this;
  }

  PendingChange vanish() {
    state = State.GONE;
    return this;
  }
}
