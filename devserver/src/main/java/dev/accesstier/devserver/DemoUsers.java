// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import dev.accesstier.keycloak.credential.BetterAuthSecrets;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.credential.SecretCipher;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.bouncycastle.util.encoders.Base32;

/** The demo's users: one for each tier and role, and one of every kind that is treated apart. */
final class DemoUsers {

  static final List<String> TIERS = List.of("guest", "public", "beta", "alpha", "founder");
  private static final List<String> ROLES = List.of("user", "admin", "service");
  private static final List<String> FIRST_NAMES = List.of("Gesa", "Paul", "Bea", "Anton", "Frida");
  private static final List<String> LAST_NAMES = List.of("Sommer", "Vogt", "Brandt");

  /** What the authenticator app of user {@code totp} computes its codes from. */
  private static final String TOTP_SECRET = "demo-secret-of-toni-totp-0123456";

  /** Works once in place of a code. */
  static final String BACKUP_CODE = "Demo1-Code1";

  private DemoUsers() {}

  /**
   * @param betterAuthSecret what second factors are encrypted with
   */
  static void addTo(DataSource database, String betterAuthSecret) {
    SampleUsers users = new SampleUsers(database);
    for (int tier = 0; tier < TIERS.size(); tier++) {
      for (int role = 0; role < ROLES.size(); role++) {
        String local = TIERS.get(tier) + "-" + ROLES.get(role);
        users.add(
            user(local, FIRST_NAMES.get(tier) + " " + LAST_NAMES.get(role))
                .tier(TIERS.get(tier))
                .role(ROLES.get(role)));
      }
    }
    SampleUser totp = user("totp", "Toni Totp").tier("alpha").withTwoFactor();
    users.add(totp);
    SecretCipher cipher = new SecretCipher(BetterAuthSecrets.parse(betterAuthSecret));
    users.addSecondFactor(
        totp, cipher.encrypt(TOTP_SECRET), cipher.encrypt("[\"" + BACKUP_CODE + "\"]"));
    users.add(user("unverified", "Uwe Unverified").unverified());
    users.add(user("deleted", "Doro Deleted").deleted());
  }

  static String email(String local) {
    return local + "@example.test";
  }

  /** Not a secret: these users exist on loopback and nowhere else. */
  static String password(String local) {
    return "demo-" + local.toLowerCase(Locale.ROOT);
  }

  /** The key as it is typed into an authenticator app. */
  static String totpKey() {
    return Base32.toBase32String(TOTP_SECRET.getBytes(StandardCharsets.US_ASCII)).replace("=", "");
  }

  private static SampleUser user(String local, String name) {
    return SampleUser.of(email(local), name).passwordHash(ScryptHash.of(password(local)).stored());
  }
}
