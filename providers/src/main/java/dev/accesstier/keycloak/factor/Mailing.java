// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

/** What became of the wish to mail somebody a code. */
enum Mailing {
  /** A code that counts is on its way or has arrived. */
  UNDER_WAY("second_factor_mailed", "accessTierCodeMailed"),
  TOO_MANY("second_factor_too_many_mails", "accessTierCodeTooMany"),
  NOT_POSSIBLE("second_factor_unavailable", "accessTierCodeNotPossible");

  private final String description;
  private final String messageKey;

  Mailing(String description, String messageKey) {
    this.description = description;
    this.messageKey = messageKey;
  }

  /** For an app that asked for a token with the password alone. */
  String description() {
    return description;
  }

  /** For a person. */
  String messageKey() {
    return messageKey;
  }
}
