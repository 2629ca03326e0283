// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.settings;

/** A change that is not made; the message is a sentence for whoever asked for it. */
public final class RefusedSettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Kind {
    /** It is not of the form that settings have. */
    INVALID,
    /** The person would have more than fits. */
    TOO_LARGE,
    /** The settings are others than those the change was made for. */
    STALE
  }

  private final Kind kind;

  RefusedSettingsException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
