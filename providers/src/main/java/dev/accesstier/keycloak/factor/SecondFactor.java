// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

import dev.accesstier.keycloak.component.ComponentSettings;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.credential.Totp;
import dev.accesstier.keycloak.credential.UnreadableSecretException;
import dev.accesstier.keycloak.schema.AuthTwoFactor;
import dev.accesstier.keycloak.schema.AuthUser;
import dev.accesstier.keycloak.schema.SecondFactorQueries;
import dev.accesstier.keycloak.schema.SecondFactorState;
import dev.accesstier.keycloak.schema.SessionUsers;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.credential.OTPCredentialProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.StorageId;

/**
 * The second factors of one component's users: a code of the authenticator app, or one of the
 * backup codes in its place, or else a code by mail. What cannot be read is one line in the log and
 * accepts nothing.
 */
public final class SecondFactor {

  private static final Logger LOG = Logger.getLogger(SecondFactor.class);

  /** What an app shows, and what is mailed; backup codes have letters. */
  private static final Pattern OF_DIGITS = Pattern.compile("\\d{" + Totp.DIGITS + "}");

  private final KeycloakSession session;
  private final SessionUsers users;
  private final Supplier<ComponentSettings> settings;

  public SecondFactor(
      KeycloakSession session, SessionUsers users, Supplier<ComponentSettings> settings) {
    this.session = session;
    this.users = users;
    this.settings = settings;
  }

  /** Whether the user has one. It is asked for even if it then turns out to be unreadable. */
  public boolean isConfigured(String id) {
    return users.byId(id).map(AuthUser::twoFactorEnabled).orElse(false);
  }

  /** When the user set it up, as far as is known. */
  public Optional<Instant> since(String id) {
    return users.secondFactor(id).map(AuthTwoFactor::createdAt);
  }

  /** Whether a code could be verified, and would be asked for. */
  public boolean canBeAsked(String id) {
    return !isPassedBy(id) && (isMailed(id) || totp(id).isPresent());
  }

  /**
   * Whether it is a code by mail: a factor is on, and there is no authenticator app, or one that
   * was begun and never confirmed. Better Auth 1.7 keeps it so.
   */
  public boolean isMailed(String id) {
    return isConfigured(id)
        && (users.hasNoSecondFactorRow(id)
            || !users.read(em -> SecondFactorState.of(em, id)).confirmed());
  }

  /** Mails a code; empty where that is not the user's second factor. */
  Optional<Mailing> mail(RealmModel realm, UserModel user) {
    if (!isMailed(StorageId.externalId(user.getId()))) {
      return Optional.empty();
    }
    return Optional.of(
        settings.get().mailedSecondFactor()
            ? new MailedCode(session, realm, user).send()
            : Mailing.NOT_POSSIBLE);
  }

  /**
   * Whether the direct grant and the resetting of credentials would let a user in without one: they
   * ask Keycloak's provider of one-time passwords and no user storage, and it is not ours.
   */
  public boolean isPassedBy(String id) {
    if (SecondFactors.used(session).isPresent() || !isConfigured(id)) {
      return false;
    }
    LOG.warnf(
        "User %s is refused: the credential provider %s is not the one that knows the auth schema,"
            + " and would not ask for the second factor",
        id, OTPCredentialProviderFactory.PROVIDER_ID);
    return true;
  }

  /** Whether it is a code of the user's that nobody has used; it is used up with this. */
  public boolean accepts(RealmModel realm, UserModel user, String typed) {
    String id = StorageId.externalId(user.getId());
    String code = typed.strip();
    // What the storage refuses Keycloak asks its own provider about, and that one us again.
    String refused = SecondFactor.class.getName() + ".refused." + id;
    if (!isConfigured(id) || code.equals(session.getAttribute(refused))) {
      return false;
    }
    boolean accepted =
        isMailed(id) && (OF_DIGITS.matcher(code).matches() || users.hasNoSecondFactorRow(id))
            ? settings.get().mailedSecondFactor()
                && new MailedCode(session, realm, user).accepts(code)
            : acceptsKept(id, code);
    if (!accepted) {
      session.setAttribute(refused, code);
    }
    return accepted;
  }

  /** A code of what the row keeps. */
  private boolean acceptsKept(String id, String code) {
    if (users.read(em -> SecondFactorState.of(em, id)).locked()) {
      LOG.warnf(
          "User %s is refused: Better Auth keeps the second factor as locked after too many wrong"
              + " codes",
          id);
      return false;
    }
    boolean accepted =
        OF_DIGITS.matcher(code).matches() ? acceptsOfTheApp(id, code) : acceptsBackupCode(id, code);
    count(id, accepted);
    return accepted;
  }

  /** Better Auth counts as well, so that a guesser has the tries of one side and not of both. */
  private void count(String id, boolean accepted) {
    if (settings.get().writable()) {
      users.write(
          id,
          entityManager ->
              accepted
                  ? SecondFactorState.succeeded(entityManager, id)
                  : SecondFactorState.failed(entityManager, id));
    }
  }

  private boolean acceptsOfTheApp(String id, String code) {
    Instant now = Instant.ofEpochMilli(Time.currentTimeMillis());
    OptionalLong step =
        totp(id).map(totp -> totp.matchingStep(code, now)).orElse(OptionalLong.empty());
    // The code too: after a new enrolment the same step has another one.
    return step.isPresent()
        && session
            .singleUseObjects()
            .putIfAbsent(
                "access-tier.totp.%s.%d.%s".formatted(id, step.getAsLong(), code),
                Totp.VALIDITY.toSeconds());
  }

  private boolean acceptsBackupCode(String id, String code) {
    if (left(id, code, users.secondFactor(id)).isEmpty()) {
      return false;
    }
    if (!settings.get().writable()) {
      LOG.warnf("User %s is refused: READ_ONLY mode cannot use up a backup code", id);
      return false;
    }
    return users.write(id, entityManager -> useUp(entityManager, id, code));
  }

  /** The row is locked from reading to writing, so that of two who have the code one gets in. */
  private boolean useUp(EntityManager entityManager, String id, String code) {
    Optional<KeptCodes> left = left(id, code, SecondFactorQueries.lock(entityManager, id));
    left.ifPresent(
        codes -> SecondFactorQueries.setBackupCodes(entityManager, id, codes.stored(cipher())));
    return left.isPresent();
  }

  private Optional<KeptCodes> left(String id, String code, Optional<AuthTwoFactor> row) {
    return read(
            id,
            "backup_codes",
            row.map(AuthTwoFactor::backupCodes),
            stored -> KeptCodes.read(stored, cipher()))
        .flatMap(codes -> codes.without(code));
  }

  private Optional<Totp> totp(String id) {
    return read(
        id,
        "secret",
        users.secondFactor(id).map(AuthTwoFactor::secret),
        stored -> Totp.of(cipher().decrypt(stored)));
  }

  private <T> Optional<T> read(
      String id, String column, Optional<String> stored, Function<@Nullable String, T> reader) {
    try {
      return Optional.of(reader.apply(stored.orElse(null)));
    } catch (UnreadableSecretException e) {
      LOG.warnf(
          "User %s is refused: the second factor in two_factor_auth.%s %s",
          id, column, e.getMessage());
      return Optional.empty();
    }
  }

  private SecretCipher cipher() {
    return new SecretCipher(settings.get().secrets());
  }
}
