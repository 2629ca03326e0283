// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.login;

import dev.accesstier.keycloak.component.AuthComponent;
import dev.accesstier.keycloak.component.AuthComponents;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.AuthUsers;
import dev.accesstier.keycloak.schema.AuthVerification;
import dev.accesstier.keycloak.schema.AuthVerifications;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.keycloak.authentication.authenticators.util.AuthenticatorUtils;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.managers.BruteForceProtector;
import org.keycloak.storage.StorageId;

/**
 * The rows behind mailed links: found, and used once. Where the schema may not be written, Keycloak
 * remembers the use on all nodes until the row expires; Better Auth itself cannot know of it.
 *
 * <p>Every method throws an {@code AuthDatabaseException} when the database cannot be used.
 */
final class MailedLinkRows {

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{16,128}");

  private final KeycloakSession session;
  private final RealmModel realm;

  MailedLinkRows(KeycloakSession session, RealmModel realm) {
    this.session = session;
    this.realm = realm;
  }

  /**
   * A link that can still be used.
   *
   * @param user enabled, and not deleted in the schema
   * @param stored the user's row as it is now
   */
  record Usable(
      MailedLink kind,
      AuthComponent component,
      AuthVerification row,
      UserModel user,
      AuthUser stored) {

    /** Better Auth asks for none after a magic link, which is why such a link is not taken here. */
    boolean skipsSecondFactor() {
      return kind == MailedLink.MAGIC_LINK
          && (stored.twoFactorEnabled() || KeycloakSecondFactors.any(user));
    }

    /**
     * Whether nobody has proven to read that mailbox before. The password may then be of whoever
     * signed up with an address of somebody else's.
     */
    boolean isFirstProof() {
      boolean provenHere =
          user.isEmailVerified() && stored.email().equalsIgnoreCase(user.getEmail());
      return kind == MailedLink.MAGIC_LINK && !stored.emailVerified() && !provenHere;
    }

    /** Whether wrong passwords have locked the user out, for a while or for good. */
    boolean isLockedOut(KeycloakSession session, RealmModel realm) {
      return kind == MailedLink.MAGIC_LINK
          && AuthenticatorUtils.getDisabledByBruteForceEventError(
                  session.getProvider(BruteForceProtector.class), session, realm, user)
              != null;
    }

    /** A first proof in a schema that is read-only, and keeps such a password. */
    boolean leavesUnprovenPassword() {
      return isFirstProof() && !component.writable();
    }
  }

  /** By the token in the mail. */
  Optional<Usable> byToken(MailedLink kind, String token) {
    return TOKEN.matcher(token).matches()
        ? AuthComponents.enabledIn(session, realm)
            .flatMap(
                component ->
                    new AuthVerifications(component.database())
                        .find(kind.identifiers(token)).stream()
                            .flatMap(row -> usable(kind, component, row)))
            .findFirst()
        : Optional.empty();
  }

  /** By the row, once more. */
  Optional<Usable> byRow(MailedLink kind, String userId, String rowId) {
    return AuthComponents.enabledOf(session, realm, userId)
        .flatMap(
            component ->
                new AuthVerifications(component.database())
                    .find(rowId)
                    .flatMap(row -> usable(kind, component, row).findFirst()))
        .filter(usable -> usable.user().getId().equals(userId));
  }

  /** Of several who try, on whatever node, one succeeds. */
  boolean use(Usable usable) {
    return usable.component().writable()
        ? new AuthVerifications(usable.component().database()).consume(usable.row())
        : session
            .singleUseObjects()
            .putIfAbsent(
                key(usable.component(), usable.row()),
                Math.max(
                    1, Duration.between(Instant.now(), usable.row().expiresAt()).toSeconds() + 1));
  }

  private Stream<Usable> usable(MailedLink kind, AuthComponent component, AuthVerification row) {
    String userId = kind.userId(session, realm, component.id(), row);
    UserModel user = userId == null ? null : session.users().getUserById(realm, userId);
    if (user == null
        || !user.isEnabled()
        || session.singleUseObjects().contains(key(component, row))) {
      return Stream.empty();
    }
    // Keycloak's cache may know the user by an address that is another's by now.
    return new AuthUsers(component.database())
            .find(StorageId.externalId(user.getId()))
            .filter(stored -> !stored.deleted() && kind.isFor(row, stored))
            .map(stored -> new Usable(kind, component, row, user, stored))
            .stream();
  }

  private static String key(AuthComponent component, AuthVerification row) {
    return String.join(".", "access-tier-mailed-link", component.id(), row.id());
  }
}
