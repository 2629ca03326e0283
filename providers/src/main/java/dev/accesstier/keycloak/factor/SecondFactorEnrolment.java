// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.factor;

import dev.accesstier.keycloak.component.ComponentSettings;
import dev.accesstier.keycloak.credential.BackupCodes;
import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.credential.Totp;
import dev.accesstier.keycloak.database.AuthConflictException;
import dev.accesstier.keycloak.schema.AuthTwoFactor;
import dev.accesstier.keycloak.schema.SecondFactorQueries;
import dev.accesstier.keycloak.schema.SessionUsers;
import jakarta.ws.rs.core.Response;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ModelDuplicateException;
import org.keycloak.models.OTPPolicy;
import org.keycloak.models.RealmModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.services.ErrorResponseException;

/**
 * Sets second factors up and removes them, in Better Auth's form: one row a user, and the flag that
 * makes it count.
 */
public final class SecondFactorEnrolment {

  private static final Logger LOG = Logger.getLogger(SecondFactorEnrolment.class);

  /** Message keys of what the user is told. */
  private static final String ELSEWHERE = "accessTierSecondFactorElsewhere";

  private static final String NOT_NOW = "accessTierSecondFactorNotNow";

  private final SessionUsers users;
  private final SecondFactor secondFactor;
  private final Supplier<ComponentSettings> settings;

  public SecondFactorEnrolment(
      SessionUsers users, SecondFactor secondFactor, Supplier<ComponentSettings> settings) {
    this.users = users;
    this.secondFactor = secondFactor;
    this.settings = settings;
  }

  public boolean isWritable() {
    return settings.get().writable();
  }

  /**
   * Keeps the secret of an authenticator app, in place of the one before, with new backup codes.
   *
   * @return false: Keycloak is to keep it itself, beside a schema it may not write
   * @throws ModelDuplicateException when it may be kept nowhere; of all exceptions Keycloak's form
   *     shows the message of this one
   */
  public boolean enrol(RealmModel realm, String id, @Nullable String secret) {
    if (!isWritable()) {
      if (secondFactor.isConfigured(id)) {
        throw refused(ELSEWHERE);
      }
      return false;
    }
    if (secret == null || secret.isEmpty() || !isBetterAuths(realm.getOTPPolicy())) {
      LOG.errorf(
          "A second factor cannot be set up: Better Auth knows only the OTP policy %s, %s, %d"
              + " digits and %d seconds, and realm %s has another",
          OTPCredentialModel.TOTP,
          Totp.ALGORITHM,
          Totp.DIGITS,
          Totp.PERIOD.toSeconds(),
          realm.getName());
      throw refused(NOT_NOW);
    }
    SecretCipher cipher = cipher();
    String encrypted = cipher.encrypt(secret);
    BackupCodes codes = BackupCodes.generate();
    try {
      return users.write(
          id,
          entityManager -> {
            // As the service keeps those of others.
            boolean plain =
                SecondFactorQueries.newestBackupCodes(entityManager)
                    .filter(KeptCodes::isPlain)
                    .isPresent();
            SecondFactorQueries.put(
                entityManager, id, encrypted, new KeptCodes(codes, plain).stored(cipher));
            return true;
          });
    } catch (AuthConflictException e) {
      LOG.errorf("User %s: %s", id, e.getMessage());
      throw refused(NOT_NOW);
    }
  }

  /**
   * Keeps recovery codes, which Keycloak made and showed to the user, as the backup codes of the
   * second factor.
   *
   * @param json an array of codes without hyphens
   * @return false: Keycloak is to keep them itself
   */
  public boolean replaceBackupCodes(String id, @Nullable String json) {
    if (!isWritable() || json == null || !secondFactor.isConfigured(id)) {
      return false;
    }
    boolean plain =
        users
            .secondFactor(id)
            .map(AuthTwoFactor::backupCodes)
            .filter(KeptCodes::isPlain)
            .isPresent();
    String codes = new KeptCodes(BackupCodes.parse(json).inGroups(), plain).stored(cipher());
    users.writeIfAllowed(
        id,
        entityManager -> {
          SecondFactorQueries.setBackupCodes(entityManager, id, codes);
          return true;
        });
    return true;
  }

  private SecretCipher cipher() {
    BetterAuthSecrets secrets = settings.get().secrets();
    if (secrets.isEmpty()) {
      LOG.error("A second factor cannot be set up: the Better Auth secret is not configured");
      throw refused(NOT_NOW);
    }
    return new SecretCipher(secrets);
  }

  /**
   * Removes what the user has.
   *
   * @return false: there was none
   * @throws ErrorResponseException when the schema may not be written: status 400 for an admin, and
   *     a sentence on the user's page
   */
  public boolean remove(String id) {
    if (!secondFactor.isConfigured(id)) {
      return false;
    }
    if (!isWritable()) {
      throw new ErrorResponseException(
          ELSEWHERE,
          "The second factor is kept by the auth schema, which is read-only here",
          Response.Status.BAD_REQUEST);
    }
    return users.writeIfAllowed(
        id,
        entityManager -> {
          SecondFactorQueries.delete(entityManager, id);
          return true;
        });
  }

  private static boolean isBetterAuths(OTPPolicy policy) {
    return OTPCredentialModel.TOTP.equals(policy.getType())
        && Totp.ALGORITHM.equals(policy.getAlgorithm())
        && policy.getDigits() == Totp.DIGITS
        && policy.getPeriod() == Totp.PERIOD.toSeconds();
  }

  private static ModelDuplicateException refused(String messageKey) {
    return new ModelDuplicateException(messageKey, "secret");
  }
}
