// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.time.Duration;
import java.util.stream.Collectors;

/** What the demo tells when it is up. */
final class DemoScreen {

  private static final String TEXT =
      """

      ------------------------------------------------------------------------------
      Ready after %d s. Ctrl-C stops everything.

        Admin console    %s/admin/         (%s / %s)
        Account console  %s/realms/mana/account/
        Tier console     %s/realms/mana/access-tier/console (%s / %s)

        Sample users, one for each tier (there are -admin and -service ones as well):
      %s
        With a second factor: %s, %s, key %s
          for an authenticator app, or once the backup code %s
        Refused by design: unverified and deleted@example.test (demo-unverified, ...)

        A token with access_tier:
          curl -s %s/realms/mana/protocol/openid-connect/token \\
            -d grant_type=password -d client_id=%s -d scope=openid \\
            -d username=%s -d password=%s

        Schema auth      %s  (user %s, any password)
        Logs             %s
                         %s
      ------------------------------------------------------------------------------
      """;

  private DemoScreen() {}

  static String text(KeycloakServer keycloak, PostgresServer postgres, Duration time) {
    // A passkey belongs to a host name, which an address is not.
    String url = keycloak.baseUrl().replace("127.0.0.1", "localhost");
    String users =
        DemoUsers.TIERS.stream()
            .map(tier -> tier + "-user")
            .map(user -> "    %-28s %s".formatted(DemoUsers.email(user), DemoUsers.password(user)))
            .collect(Collectors.joining("\n"));
    return TEXT.formatted(
        time.toSeconds(),
        url,
        KeycloakServer.ADMIN,
        KeycloakServer.ADMIN,
        url,
        url,
        DemoUsers.email("founder-admin"),
        DemoUsers.password("founder-admin"),
        users,
        DemoUsers.email("totp"),
        DemoUsers.password("totp"),
        DemoUsers.totpKey(),
        DemoUsers.BACKUP_CODE,
        url,
        DemoRealm.CLIENT,
        DemoUsers.email("alpha-user"),
        DemoUsers.password("alpha-user"),
        postgres.jdbcUrl("auth"),
        PostgresServer.USER,
        keycloak.logFile(),
        postgres.logFile());
  }
}
