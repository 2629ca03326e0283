// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.login;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.SessionCookies;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * A realm with a copy of the fixture's database for itself, whose browser flow takes Better Auth's
 * session cookie.
 */
final class LoginRealm implements AutoCloseable {

  static final String COOKIE = SessionCookies.NAME;
  static final String FLOW = SessionCookies.FLOW;

  final String base = TestServer.shared().keycloak().baseUrl();
  final TestRealm realm;
  final DataSource database;
  private final String name;

  static LoginRealm create(String editMode) {
    return create(Map.of("editMode", editMode), rep -> {});
  }

  static LoginRealm create(Map<String, String> config, Consumer<RealmRepresentation> more) {
    return new LoginRealm(config, more);
  }

  private LoginRealm(Map<String, String> config, Consumer<RealmRepresentation> more) {
    PostgresServer postgres = TestServer.shared().postgres();
    name = "login_" + UUID.randomUUID().toString().substring(0, 8);
    database = postgres.createDatabase(name);
    Fixture.load(database);
    Map<String, String> all =
        new HashMap<>(Map.of("jdbcUrl", postgres.jdbcUrl(name), "username", PostgresServer.USER));
    all.putAll(config);
    realm = TestRealm.create(all, more);
    SessionCookies.take(realm.realm());
  }

  /** Its database's name, which no other has: roles belong to the whole server. */
  String database() {
    return name;
  }

  /** A session at Better Auth of that age, for a week after its beginning; gives its token. */
  String session(Fixture.User user, String age) {
    String token = UUID.randomUUID().toString().replace("-", "");
    sql(
        "insert into auth.sessions (id, token, user_id, created_at, expires_at) values (?, ?, ?,"
            + " now() - ?::interval, now() - ?::interval + interval '7 days')",
        "id-" + token,
        token,
        user.id(),
        age,
        age);
    return token;
  }

  UserResource user(Fixture.User user) {
    return realm.realm().users().get(realm.user(user.email()).getId());
  }

  /** Gives the user an authenticator app that Keycloak keeps, as set up while READ_ONLY. */
  void addOtpOfKeycloak(Fixture.User user) {
    CredentialRepresentation otp = new CredentialRepresentation();
    otp.setType("otp");
    otp.setSecretData("{\"value\":\"a-secret-of-twenty-one\"}");
    otp.setCredentialData(
        "{\"subType\":\"totp\",\"digits\":6,\"counter\":0,\"period\":30,"
            + "\"algorithm\":\"HmacSHA1\"}");
    UserRepresentation representation = user(user).toRepresentation();
    representation.setCredentials(List.of(otp));
    user(user).update(representation);
  }

  /** A row of verification, good for another ten minutes. */
  void verification(String identifier, String value) {
    sql(
        "insert into auth.verification (id, identifier, value, expires_at)"
            + " values (?, ?, ?, now() + interval '10 minutes')",
        UUID.randomUUID().toString(),
        identifier,
        value);
  }

  boolean hasVerification(String identifier) {
    return !query("select 1 from auth.verification where identifier = ?", identifier).isEmpty();
  }

  /** What Better Auth puts into the browser, as it goes over the wire. */
  static String cookie(String token) {
    return cookie(token, Fixture.known().secret());
  }

  static String cookie(String token, String secret) {
    return SessionCookies.value(token, secret);
  }

  Browser browser() {
    return new Browser(base);
  }

  Browser browser(String token) {
    return browser().bringing(COOKIE, cookie(token));
  }

  String appUrl(String extra) {
    return realm.oidc().authUrl(TestRealm.APP, extra);
  }

  Browser.Stop openApp(Browser browser) {
    return browser.open(appUrl(""));
  }

  Oidc oidc() {
    return realm.oidc();
  }

  /** Whether Better Auth and whoever looks at revoked_at both take the session. */
  boolean isLive(String token) {
    return query(
                "select 1 from auth.sessions where token = ? and revoked_at is null"
                    + " and expires_at > now()",
                token)
            .size()
        == 1;
  }

  /** Whether both refuse it, and the row is still there. */
  boolean isEnded(String token) {
    return query(
                "select 1 from auth.sessions where token = ? and revoked_at is not null"
                    + " and expires_at <= now()",
                token)
            .size()
        == 1;
  }

  void sql(String sql, Object... values) {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = prepared(connection, sql, values)) {
      statement.execute();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** The rows as text, columns parted by a bar. */
  List<String> query(String sql, Object... values) {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = prepared(connection, sql, values);
        ResultSet row = statement.executeQuery()) {
      List<String> rows = new ArrayList<>();
      while (row.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          columns.add(row.getString(i));
        }
        rows.add(String.join("|", columns.stream().map(String::valueOf).toList()));
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  @Override
  public void close() {
    realm.close();
  }
}
