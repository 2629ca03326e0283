// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.tests.support.AuthenticatorApp;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.RealmRepresentation;

/** A realm over a database of its own, and users in it who have a second factor. */
final class FactorRealm implements AutoCloseable {

  static final String PASSWORD = "one-of-two-factors";
  static final List<String> BACKUP_CODES = List.of("abcde-FGHIJ", "80hCk-eELQw", "YY08W-EOgGH");

  /** The required action that sets a second factor up. */
  static final String CONFIGURE = "CONFIGURE_TOTP";

  private static final String HASH = ScryptHash.of(PASSWORD).stored();

  final TestRealm realm;
  final TwoFactorRows rows;
  final String database;
  private final SampleUsers users;

  /** With a database of that name, made here. */
  static FactorRealm create(
      String database, Map<String, String> config, Consumer<RealmRepresentation> more) {
    PostgresServer postgres = TestServer.shared().postgres();
    Fixture.load(postgres.createDatabase(database));
    postgres.execute("postgres", "alter database " + database + " set log_statement = 'all'");
    return over(database, config, more);
  }

  /** A further one over the same database. */
  static FactorRealm over(
      String database, Map<String, String> config, Consumer<RealmRepresentation> more) {
    PostgresServer postgres = TestServer.shared().postgres();
    Map<String, String> all =
        new HashMap<>(
            Map.of("jdbcUrl", postgres.jdbcUrl(database), "username", PostgresServer.USER));
    all.putAll(config);
    return new FactorRealm(database, TestRealm.create(all, more));
  }

  private FactorRealm(String database, TestRealm realm) {
    this.database = database;
    this.realm = realm;
    this.rows = new TwoFactorRows(TestServer.shared().postgres().database(database));
    this.users = new SampleUsers(rows.database());
  }

  /** A user with a password alone. */
  SampleUser user() {
    return add(SampleUser.of(email(), "Sample User").passwordHash(HASH));
  }

  /** A user with a second factor whose columns hold just that. */
  SampleUser userWith(@Nullable String secret, @Nullable String codes) {
    SampleUser user = add(SampleUser.of(email(), "Sample User").passwordHash(HASH).withTwoFactor());
    rows.add(user.id(), secret, codes);
    return user;
  }

  SampleUser add(SampleUser user) {
    users.add(user);
    return user;
  }

  /** Someone with a second factor, and their app. */
  record Enrolled(SampleUser user, AuthenticatorApp app) {
    String email() {
      return user.email();
    }
  }

  Enrolled enrolled() {
    String secret = SampleUser.newId();
    String codes =
        BACKUP_CODES.stream()
            .map(code -> '"' + code + '"')
            .collect(Collectors.joining(",", "[", "]"));
    SampleUser user =
        userWith(TwoFactorRows.CIPHER.encrypt(secret), TwoFactorRows.CIPHER.encrypt(codes));
    return new Enrolled(user, AuthenticatorApp.of(secret));
  }

  HTTPResponse grant(SampleUser user) {
    return realm.oidc().password(TestRealm.APP, user.email(), PASSWORD);
  }

  HTTPResponse grant(SampleUser user, String code) {
    return realm.oidc().password(TestRealm.APP, user.email(), PASSWORD, code);
  }

  Browser browser() {
    return new Browser(TestServer.shared().keycloak().baseUrl());
  }

  /** Where the browser is after the right password. */
  Browser.Stop afterPassword(Browser browser, String email, String password) {
    return browser.signIn(realm.oidc().authUrl(TestRealm.APP, ""), email, password);
  }

  Browser.Stop afterPassword(Browser browser, SampleUser user) {
    return afterPassword(browser, user.email(), PASSWORD);
  }

  UserResource admin(SampleUser user) {
    return realm.realm().users().get(realm.user(user.email()).getId());
  }

  void require(SampleUser user, String action) {
    var representation = admin(user).toRepresentation();
    representation.setRequiredActions(List.of(action));
    admin(user).update(representation);
  }

  static boolean asksForCode(Browser.Stop stop) {
    return stop.page().selectFirst("input[name=otp]") != null;
  }

  static boolean isAtApp(Browser.Stop stop) {
    return "app.test".equals(stop.uri().getHost()) && !stop.parameter("code").isEmpty();
  }

  private static String email() {
    return SampleUser.newId().toLowerCase(Locale.ROOT) + "@example.test";
  }

  @Override
  public void close() {
    realm.close();
  }
}
