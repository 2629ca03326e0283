// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.devserver;

import java.util.Map;
import java.util.stream.Collectors;

/** What the demo tells when it is up. */
final class DemoScreen {

  private static final String TEXT =
      """

      ------------------------------------------------------------------------------
      Ctrl-C stops everything.

      Try this, in one browser:
        1. Open {pages}/demo-notes and sign in as
           {refused} / {refused.password}: this app is open to everyone.
        2. Choose "All apps", which leads to {server}/realms/mana/access-tier/portal:
           Demo Chat is under "What you cannot open yet".
        3. Open {pages}/demo-chat: you are refused, it requires Beta.
        4. Open {server}/realms/master/access-tier/console?realm=mana in another tab and
           sign in as {admin} / {admin}. Search "public-user", choose Beta, Save.
           "Changes" shows who did what.
        5. Press "Try again" on the page that refused you: you are in.

        Admin console    {server}/admin/         ({admin} / {admin})
        Account console  {server}/realms/mana/account/
        Tier console     {server}/realms/mana/access-tier/console
                         ({console} / {console.password})
        Everybody's mail {pages}/mail
                         (a magic link waits there; forgotten passwords arrive there)

        Sample users, one for each tier; beta-admin@example.test / demo-beta-admin and so on have
        the role admin, beta-service@... the role service:
      {users}
        With a second factor: {totp}, {totp.password}, key {totp.key}
          for an authenticator app, or once the backup code {backup}
        Asked to prove the address by mail: unverified@example.test / demo-unverified
        Refused by design: deleted@example.test / demo-deleted (the account was deleted)

        A token with access_tier:
          curl -s {server}/realms/mana/protocol/openid-connect/token \\
            -d grant_type=password -d client_id={cli} -d scope=openid \\
            -d username={token} -d password={token.password}

        Schema auth      {jdbc}  (user {db.user}, any password)
        Logs             {log}
                         {db.log}
        Other ports      mvn -Pdemo -Ddemo.keycloak.port=... (management, postgres, pages, smtp)
      ------------------------------------------------------------------------------
      """;

  private DemoScreen() {}

  static String text(Demo demo) {
    String users =
        DemoUsers.TIERS.stream()
            .map(tier -> tier + "-user")
            .map(user -> "    %-28s %s".formatted(DemoUsers.email(user), DemoUsers.password(user)))
            .collect(Collectors.joining("\n"));
    String text = TEXT;
    for (Map.Entry<String, String> value :
        Map.ofEntries(
                Map.entry("server", demo.server()),
                Map.entry("pages", demo.pages()),
                Map.entry("admin", KeycloakServer.ADMIN),
                Map.entry("refused", DemoUsers.email("public-user")),
                Map.entry("refused.password", DemoUsers.password("public-user")),
                Map.entry("console", DemoUsers.email("founder-admin")),
                Map.entry("console.password", DemoUsers.password("founder-admin")),
                Map.entry("users", users),
                Map.entry("totp", DemoUsers.email("totp")),
                Map.entry("totp.password", DemoUsers.password("totp")),
                Map.entry("totp.key", DemoUsers.totpKey()),
                Map.entry("backup", DemoUsers.BACKUP_CODE),
                Map.entry("cli", DemoRealm.CLIENT),
                Map.entry("token", DemoUsers.email("alpha-user")),
                Map.entry("token.password", DemoUsers.password("alpha-user")),
                Map.entry("jdbc", demo.postgres().jdbcUrl("auth")),
                Map.entry("db.user", PostgresServer.USER),
                Map.entry("log", demo.keycloakLog().toString()),
                Map.entry("db.log", demo.postgres().logFile().toString()))
            .entrySet()) {
      text = text.replace("{" + value.getKey() + "}", value.getValue());
    }
    return text;
  }
}
