// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * Columns that plugins of Better Auth add to {@code users}: bans of the admin plugin, names of the
 * username plugin. The owner adds them while people sign in.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class PluginColumnsIT {

  private WritableRealm realm;

  @BeforeAll
  void migrateWhileKeycloakRuns() {
    realm = WritableRealm.create("plugin_columns", Map.of(), rep -> {});
    SampleUser user = realm.add("Migrated");
    assertThat(signsIn(user)).isTrue();
    realm
        .rows()
        .write(
            """
            alter table auth.users add column banned boolean default false,
              add column ban_reason text, add column ban_expires timestamp,
              add column username text unique, add column display_username text
            """);
    ban(user, "null");
    await().atMost(Duration.ofMinutes(1)).until(() -> !signsIn(user));
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void whoeverIsBannedIsRefusedWithAReason() {
    SampleUser user = banned("Banned");

    assertThat(Oidc.json(signIn(user.email())))
        .containsEntry("error", "invalid_grant")
        .containsEntry("error_description", "Account disabled");
    Browser.Stop page =
        realm
            .browser()
            .signIn(
                realm.realm().oidc().authUrl(TestRealm.APP, ""),
                user.email(),
                WritableRealm.PASSWORD);
    assertThat(page.page().text()).contains("Account is disabled");
  }

  /** Keycloak's user cache does not know of it yet. */
  @Test
  void aBanEndsWhatIsUnderWay() {
    SampleUser user = realm.add("Banned Later");
    OIDCTokens tokens = Oidc.tokens(signIn(user.email()));
    Browser browser = realm.browser();
    String url = realm.realm().oidc().authUrl(TestRealm.APP, "");
    browser.signIn(url, user.email(), WritableRealm.PASSWORD);

    ban(user, "null");

    Oidc oidc = realm.realm().oidc();
    assertThat(Oidc.json(oidc.introspect(TestRealm.APP, tokens.getAccessToken())))
        .containsEntry("active", false);
    assertThat(oidc.userInfo(tokens.getAccessToken()).getStatusCode()).isEqualTo(401);
    assertThat(Oidc.json(oidc.refresh(TestRealm.APP, tokens.getRefreshToken())))
        .containsEntry("error", "invalid_grant");
    assertThat(browser.open(url).parameter("code")).isEmpty();
    assertThat(signsIn(user)).isFalse();
  }

  @Test
  void aBanThatIsOverIsNone() {
    SampleUser over = realm.add("Banned Before");
    ban(over, "now() at time zone 'UTC' - interval '1 minute'");
    SampleUser still = realm.add("Banned For Now");
    ban(still, "now() at time zone 'UTC' + interval '10 minutes'");

    assertThat(signsIn(over)).isTrue();
    assertThat(signsIn(still)).isFalse();
    assertThat(shown("Banned", true)).contains(over.email()).doesNotContain(still.email());
    assertThat(shown("Banned", false)).contains(still.email()).doesNotContain(over.email());
  }

  @Test
  void anAdminWhoEnablesTheUserEndsTheBan() {
    SampleUser user = banned("Pardoned");
    assertThat(realm.resource(user.email()).toRepresentation().isEnabled()).isFalse();

    realm.change(user.email(), rep -> rep.setEnabled(true));

    assertThat(signsIn(user)).isTrue();
    assertThat(
            realm
                .rows()
                .one(
                    "select concat(banned, ban_reason, ban_expires) as ban from auth.users"
                        + " where id = ?",
                    user.id())
                .text("ban"))
        .isEqualTo("f");
  }

  @Test
  void aReadOnlyComponentLeavesTheBan() {
    SampleUser user = banned("Kept Out");
    realm.realm().configure(Map.of("editMode", "READ_ONLY"));
    try {
      assertThatThrownBy(() -> realm.change(user.email(), rep -> rep.setEnabled(true)))
          .isInstanceOf(BadRequestException.class);
    } finally {
      realm.realm().configure(Map.of("editMode", "WRITABLE"));
    }
    assertThat(signsIn(user)).isFalse();
  }

  @Test
  void peopleSignInWithTheirUsername() {
    SampleUser user = realm.add("Named");
    name(user, "named");

    assertThat(claims("Named")).containsEntry("email", user.email());
    assertThat(signIn("nobody-of-that-name").getStatusCode()).isEqualTo(400);
    Browser.Stop stop =
        realm
            .browser()
            .signIn(
                realm.realm().oidc().authUrl(TestRealm.APP, ""), "named", WritableRealm.PASSWORD);
    assertThat(stop.parameter("code")).isNotEmpty();
  }

  /** Whoever names themselves like another's address must not stand in that person's way. */
  @Test
  void theEmailWins() {
    SampleUser owner = realm.add("Owner");
    SampleUser other = realm.add("Other");
    name(other, owner.email());
    SampleUser plain = realm.add("Plain");
    realm.rows().write("update auth.users set email = 'no-address' where id = ?", plain.id());
    SampleUser rival = realm.add("Rival");
    name(rival, "no-address");

    assertThat(claims(owner.email())).containsEntry("name", "Owner");
    assertThat(claims("no-address")).containsEntry("email", "no-address");
  }

  @Test
  void statusListsWhatWasFound() throws Exception {
    assertThat(status(realm.realm()).get("found").toString())
        .isEqualTo(
            "[\"jwks\",\"matrix_user_links\",\"oauth_access_tokens\",\"oauth_applications\",\"oauth_authorization_codes\",\"oauth_consents\",\"passkeys\","
                + "\"user_settings\",\"users.ban_expires\",\"users.banned\",\"users.username\"]");
    assertThat(status(realm.realm()).get("missing").toString())
        .isEqualTo("[\"Works without oauth_clients: The table is missing.\"]");
  }

  /** Who may read some columns alone still signs people in, and is told what that means. */
  @Test
  void aColumnThatMayNotBeReadIsOfNoEffectAndSaid() throws Exception {
    PostgresServer postgres = TestServer.shared().postgres();
    postgres.execute(
        "plugin_columns",
        """
        create role plugin_columns_reader login;
        grant usage on schema auth to plugin_columns_reader;
        grant select on auth.accounts, auth.passwords, auth.two_factor_auth, auth.passkeys
          to plugin_columns_reader;
        grant select (id, name, email, image, email_verified, two_factor_enabled, role,
          access_tier, created_at, updated_at, deleted_at) on auth.users to plugin_columns_reader
        """);
    SampleUser user = banned("Not Seen");
    try (TestRealm narrow =
        TestRealm.create(
            Map.of(
                "jdbcUrl", postgres.jdbcUrl("plugin_columns"), "username", "plugin_columns_reader"),
            rep -> {})) {
      assertThat(
              narrow
                  .oidc()
                  .password(TestRealm.APP, user.email(), WritableRealm.PASSWORD)
                  .getStatusCode())
          .isEqualTo(200);
      JsonNode status = status(narrow);
      assertThat(status.get("found").toString()).isEqualTo("[\"passkeys\"]");
      assertThat(status.get("problems").toString()).contains(".banned is of no effect");
      String unreadable = "Works without oauth_consents: The database user may not read it.";
      assertThat(status.get("missing").toString()).contains(unreadable);
      assertThat(TestServer.shared().keycloak().log()).contains(unreadable);
    }
  }

  private List<String> shown(String search, boolean enabled) {
    return api(realm.realm()).users("search=" + search + "&enabled=" + enabled).stream()
        .map(UserRepresentation::getEmail)
        .toList();
  }

  private static AdminApi api(TestRealm of) {
    TestServer server = TestServer.shared();
    return new AdminApi(server.keycloak().baseUrl(), of.name(), server.admin());
  }

  private static JsonNode status(TestRealm of) throws Exception {
    String body = api(of).send("GET", "/access-tier/status", "").body();
    return new ObjectMapper().readTree(body).get("databases").get(0);
  }

  private SampleUser banned(String name) {
    SampleUser user = realm.add(name);
    ban(user, "null");
    return user;
  }

  private void ban(SampleUser user, String expires) {
    realm
        .rows()
        .write(
            "update auth.users set banned = true, ban_reason = 'spam', ban_expires = "
                + expires
                + " where id = ?",
            user.id());
  }

  private void name(SampleUser user, String username) {
    realm.rows().write("update auth.users set username = ? where id = ?", username, user.id());
  }

  private Map<String, Object> claims(String username) {
    return Oidc.claims(Oidc.tokens(signIn(username)).getIDTokenString());
  }

  private boolean signsIn(SampleUser user) {
    return realm.signsIn(user.email(), WritableRealm.PASSWORD);
  }

  private HTTPResponse signIn(String username) {
    return realm.realm().oidc().password(TestRealm.APP, username, WritableRealm.PASSWORD);
  }
}
