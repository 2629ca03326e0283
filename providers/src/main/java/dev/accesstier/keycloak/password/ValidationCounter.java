// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.password;

import dev.accesstier.keycloak.credential.PasswordHash;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.credential.PasswordCredentialProviderFactory;
import org.keycloak.models.RealmModel;

/**
 * Counts verified passwords in Keycloak's own counter, {@code
 * keycloak_credentials_password_hashing_validations_total}, so that its boards and its sizing guide
 * see logins of every storage. Of two meters of one name the registry takes the second only with
 * the same tags: they are those of Keycloak's option {@code
 * spi-credential--keycloak-password--validations-counter-tags}.
 */
final class ValidationCounter {

  /** How a verification ended, in Keycloak's words. */
  enum Outcome {
    VALID("valid"),
    INVALID("invalid"),
    /** The stored hash cannot be read. */
    ERROR("error");

    private final String tag;

    Outcome(String tag) {
      this.tag = tag;
    }
  }

  private static final String NAME = "keycloak.credentials.password.hashing";
  private static final String UNIT = "validations";
  private static final String TAGS_OPTION = "validations-counter-tags";
  private static final String REALM = PasswordCredentialProviderFactory.METER_REALM_TAG;
  private static final String ALGORITHM = PasswordCredentialProviderFactory.METER_ALGORITHM_TAG;
  private static final String STRENGTH =
      PasswordCredentialProviderFactory.METER_HASHING_STRENGTH_TAG;
  private static final String OUTCOME =
      PasswordCredentialProviderFactory.METER_VALIDATION_OUTCOME_TAG;

  /** What the server's options say, which does not change while it runs. */
  private static final class Options {
    private static final Config.Scope SCOPE =
        Config.scope("credential", PasswordCredentialProviderFactory.PROVIDER_ID);
    static final boolean ENABLED = SCOPE.root().getBoolean("metrics-enabled", false);
    static final Set<String> TAGS =
        Set.of(
            SCOPE
                .get(TAGS_OPTION, String.join(",", REALM, ALGORITHM, STRENGTH, OUTCOME))
                .split(","));
  }

  private ValidationCounter() {}

  /**
   * Counts one.
   *
   * @param hash null when it cannot be read
   */
  static void count(RealmModel realm, @Nullable PasswordHash hash, Outcome outcome) {
    if (!Options.ENABLED) {
      return;
    }
    Counter.Builder counter =
        Counter.builder(NAME).description("Password validations").baseUnit(UNIT);
    tag(counter, REALM, realm.getName());
    tag(counter, ALGORITHM, hash == null ? "" : hash.algorithm());
    tag(counter, STRENGTH, hash == null ? "" : hash.strength());
    tag(counter, OUTCOME, outcome.tag);
    counter.register(Metrics.globalRegistry).increment();
  }

  private static void tag(Counter.Builder counter, String name, String value) {
    if (Options.TAGS.contains(name)) {
      counter.tag(name, value);
    }
  }
}
