// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.actiontoken.DefaultActionToken;

/**
 * Keycloak's action token in place of Better Auth's token, so that Keycloak's own machinery asks
 * for a confirmation and goes on from there. It names the row and holds no secret of it.
 */
public final class MailedLinkToken extends DefaultActionToken {

  static final String TYPE = "better-auth-mailed-link";

  @JsonProperty("lnk")
  private @Nullable MailedLink kind;

  @JsonProperty("row")
  private @Nullable String row;

  @JsonProperty("cb")
  private @Nullable String callback;

  /** For Jackson. */
  MailedLinkToken() {}

  MailedLinkToken(MailedLinkRows.Usable usable, @Nullable CallbackUrl callback) {
    super(
        usable.user().getId(),
        TYPE,
        // Until 2038, which is as far as Keycloak's own tokens count.
        (int) Math.min(usable.row().expiresAt().getEpochSecond(), Integer.MAX_VALUE),
        null);
    this.kind = usable.kind();
    this.row = usable.row().id();
    this.callback = callback == null ? null : callback.url();
    // A user whose address changed since is somebody else to whoever reads the old mailbox.
    setEmail(usable.user().getEmail());
    issuedFor(callback == null ? null : callback.client().getClientId());
  }

  @Nullable MailedLink kind() {
    return kind;
  }

  /** The id of the row in {@code verification}. */
  @Nullable String row() {
    return row;
  }

  /** Where to go in the end; null: nowhere. */
  @Nullable String callback() {
    return callback;
  }
}
