// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import dev.accesstier.keycloak.credential.MalformedHashException;
import dev.accesstier.keycloak.credential.PasswordFormat;
import dev.accesstier.keycloak.credential.PasswordHash;
import dev.accesstier.keycloak.outage.TemporarilyUnavailableException;
import dev.accesstier.keycloak.password.ValidationCounter.Outcome;
import dev.accesstier.keycloak.schema.StoredPassword;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.keycloak.credential.hash.PasswordHashProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.PasswordPolicy;
import org.keycloak.models.RealmModel;

/**
 * Verifies passwords such that every failed login costs the same: one hash of Better Auth's and one
 * of the realm's own. Keycloak spends the latter on an email that nobody has, so a wrong password
 * spends it here as well; and an email that nobody has spends ours, through {@link
 * UnknownUserCost}.
 */
public final class PasswordCheck {

  private static final Logger LOG = Logger.getLogger(PasswordCheck.class);
  private static final String NOBODYS_PASSWORD = "SlightlyLongerDummyPassword";

  /** For users without a password; what each is the hash of is thrown away. */
  private static final Map<PasswordFormat, PasswordHash> NOBODYS = new ConcurrentHashMap<>();

  private final KeycloakSession session;
  private final HashGate gate;

  public PasswordCheck(KeycloakSession session, HashGate gate) {
    this.session = session;
    this.gate = gate;
  }

  /**
   * Whether the password is the user's. A hash that cannot be read is a failed login and one line
   * in the log.
   *
   * @param format what most users have
   * @throws TemporarilyUnavailableException when too many logins wait for their turn
   */
  public boolean matches(
      RealmModel realm, StoredPassword stored, String password, PasswordFormat format) {
    Optional<PasswordHash> hash = hash(stored);
    boolean matches =
        gated(() -> hash.orElseGet(() -> nobodys(format)).matches(password)) && hash.isPresent();
    if (stored.hash() != null) {
      ValidationCounter.count(
          realm,
          hash.orElse(null),
          hash.isEmpty() ? Outcome.ERROR : matches ? Outcome.VALID : Outcome.INVALID);
    }
    if (!matches) {
      spendAsForAWrongOne(realm);
    }
    return matches;
  }

  /** Likewise, where nobody is guessing and no cost has to be made alike. */
  boolean isPresent(StoredPassword stored, String password) {
    return hash(stored).map(hash -> gated(() -> hash.matches(password))).orElse(false);
  }

  /**
   * Hashes a password as it is stored.
   *
   * @throws TemporarilyUnavailableException when too many logins wait for their turn
   */
  String hash(String password, PasswordFormat format) {
    return gated(() -> format.hash(password));
  }

  /**
   * Spends what verifying a wrong password of a known user spends beyond Keycloak's own part.
   *
   * @param format what most users have
   * @throws TemporarilyUnavailableException when too many logins wait for their turn
   */
  void spendForNobody(PasswordFormat format) {
    gated(() -> nobodys(format).matches(NOBODYS_PASSWORD));
  }

  private static PasswordHash nobodys(PasswordFormat format) {
    return NOBODYS.computeIfAbsent(
        format, made -> PasswordHash.parse(made.hash(UUID.randomUUID().toString())));
  }

  private <T> T gated(Supplier<T> work) {
    return gate.run(work)
        .orElseThrow(
            () ->
                new TemporarilyUnavailableException(
                    session, new IllegalStateException("Too many logins wait for a hash")));
  }

  private static Optional<PasswordHash> hash(StoredPassword stored) {
    String text = stored.hash();
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(PasswordHash.parse(text));
    } catch (MalformedHashException e) {
      LOG.warnf("The password hash of user %s is %s", stored.user().id(), e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * For a correct password that is refused all the same: nobody shall tell by the time it takes.
   */
  public void spendAsForAWrongOne(RealmModel realm) {
    PasswordPolicy policy = realm.getPasswordPolicy();
    String algorithm = policy.getHashAlgorithm();
    PasswordHashProvider hashes =
        algorithm == null
            ? session.getProvider(PasswordHashProvider.class)
            : session.getProvider(PasswordHashProvider.class, algorithm);
    if (hashes != null) {
      hashes.encodedCredential(NOBODYS_PASSWORD, policy.getHashIterations());
    }
  }
}
