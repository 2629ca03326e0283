package dev.accesstier.devserver;

import dev.accesstier.keycloak.credential.ScryptHash;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/** The demo's users: one for each tier and role, and one of every kind that is treated apart. */
final class DemoUsers {

  static final List<String> TIERS = List.of("guest", "public", "beta", "alpha", "founder");
  private static final List<String> ROLES = List.of("user", "admin", "service");
  private static final List<String> FIRST_NAMES = List.of("Gesa", "Paul", "Bea", "Anton", "Frida");
  private static final List<String> LAST_NAMES = List.of("Sommer", "Vogt", "Brandt");

  private DemoUsers() {}

  static void addTo(DataSource database) {
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
    users.add(user("totp", "Toni Totp").tier("alpha").withTwoFactor());
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

  private static SampleUser user(String local, String name) {
    return SampleUser.of(email(local), name).passwordHash(ScryptHash.of(password(local)).stored());
  }
}
