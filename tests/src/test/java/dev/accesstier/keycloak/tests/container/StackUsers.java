// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.credential.SecretCipher;
import dev.accesstier.keycloak.tests.support.AuthenticatorApp;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Users of the stack as Better Auth makes them: verified and of tier beta. */
record StackUsers(Compose compose) {

  static final String PASSWORD = "on-either-node";
  static final List<String> BACKUP_CODES = List.of("abcde-FGHIJ", "80hCk-eELQw");

  private static final String HASH = ScryptHash.of(PASSWORD).stored();

  /** As {@code docker/compose.yml} gives it to the nodes. */
  private static final SecretCipher CIPHER =
      new SecretCipher(BetterAuthSecrets.parse("secret-for-sample-data-only"));

  /** Someone with a second factor, and their app. */
  record Enrolled(String email, AuthenticatorApp app) {}

  /** Someone with a password alone; gives the email. */
  String add() {
    return add(SampleUser.newId(), false);
  }

  Enrolled enrol() {
    String id = SampleUser.newId();
    String email = add(id, true);
    String secret = SampleUser.newId();
    String codes =
        BACKUP_CODES.stream()
            .map(code -> '"' + code + '"')
            .collect(Collectors.joining(",", "[", "]"));
    compose.sql(
        "insert into auth.two_factor_auth (user_id, secret, backup_codes) values ('%s', '%s', '%s')"
            .formatted(id, CIPHER.encrypt(secret), CIPHER.encrypt(codes)));
    return new Enrolled(email, AuthenticatorApp.of(secret));
  }

  private String add(String id, boolean twoFactor) {
    String email = id.toLowerCase(Locale.ROOT) + "@example.test";
    compose.sql(
        """
        insert into auth.users (id, name, email, email_verified, access_tier, two_factor_enabled)
        values ('%1$s', 'Stack User', '%2$s', true, 'beta', %3$s);
        insert into auth.accounts (id, account_id, provider_id, user_id, password)
        values ('%1$s', '%1$s', 'credential', '%1$s', '%4$s')
        """
            .formatted(id, email, twoFactor, HASH));
    return email;
  }
}
