// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.change;

/** Somebody else was faster: the tier is not the one that the author saw. Nothing is changed. */
public final class TierMovedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String now;

  TierMovedException(String now) {
    super("The tier is " + now + " by now");
    this.now = now;
  }

  /** What is stored; {@value SeenTier#NONE} where a client requires nothing. */
  public String now() {
    return now;
  }
}
