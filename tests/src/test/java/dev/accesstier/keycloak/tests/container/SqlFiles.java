// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.tests.support.AuthStatements;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What the files of {@code docker/sql} promise, on any PostgreSQL that is supported. */
abstract class SqlFiles {

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final String READER = "access_tier_reader";
  private static final String WRITER = "access_tier_writer";
  private static final String DENIED = "42501";

  /** A user, with rows in every table that hangs on it. */
  private static final String SOMEONE =
      """
      insert into auth.users (id, name, email) values ('u', 'Some One', 'some.one@example.test');
      insert into auth.accounts (id, account_id, provider_id, user_id, password, access_token)
        values ('a', 'u', 'credential', 'u', 'hash', 'token');
      insert into auth.passwords (user_id, hashed_password) values ('u', 'hash');
      insert into auth.two_factor_auth (user_id, secret, backup_codes) values ('u', 's', '[]');
      insert into auth.passkeys (id, user_id, credential_id, public_key, device_type)
        values ('p', 'u', 'c', 'k', 'single');
      insert into auth.sessions (id, expires_at, token, user_id) values ('s', now(), 't', 'u');
      insert into auth.verification (id, identifier, value, expires_at)
        values ('v', 'i', 'u', now());
      insert into auth.security_events (user_id, event_type) values ('u', 'login');
      insert into auth.user_settings (user_id) values ('u');
      """;

  private SqlDatabase database;

  /** A new, empty database. */
  abstract DataSource create(String name);

  @BeforeEach
  void schema() {
    database = new SqlDatabase(create("sql_" + DATABASES.incrementAndGet())).apply("schema.sql");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "schema.sql",
        "sample-users.sql",
        "role-read-only.sql",
        "role-writable.sql",
        "indexes.sql",
        "notify-trigger.sql",
        "hint-trigger.sql"
      })
  void aFileCanBeAppliedAgain(String file) {
    database.apply("role-read-only.sql").apply(file);
    List<String> first = everything();
    database.apply(file);
    assertThat(everything()).isEqualTo(first);
  }

  /** What there is in the schema, with its grants, and the users. */
  private List<String> everything() {
    return database.run(
        """
        select concat_ws(' ', relname, relkind, relacl) from pg_class
         where relnamespace = 'auth'::regnamespace
        union all
        select concat_ws(' ', attrelid::regclass, attname, attacl) from pg_attribute
         where attacl is not null and attrelid::regclass::text like 'auth.%'
        union all
        select concat_ws(' ', tgname, tgrelid::regclass) from pg_trigger where not tgisinternal
        union all
        select concat_ws(' ', u.id, a.id, a.password) from auth.users u
          join auth.accounts a on a.user_id = u.id
        order by 1
        """);
  }

  @Nested
  final class ReadOnlyRole {

    @BeforeEach
    void role() {
      database.apply("role-read-only.sql").run(SOMEONE);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "select * from auth.users",
          "select id, user_id, provider_id, account_id, password, created_at from auth.accounts",
          "select * from auth.passwords",
          "select * from auth.two_factor_auth",
          "select * from auth.passkeys",
          "select id, token, user_id, expires_at, revoked_at from auth.sessions"
        })
    void mayRead(String sql) throws SQLException {
      assertThat(database.as(READER, sql)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "select access_token from auth.accounts",
          "select refresh_token from auth.accounts",
          "select id_token from auth.accounts",
          "select refresh_token from auth.sessions",
          "select * from auth.jwks",
          "select * from auth.verification",
          "select * from auth.security_events",
          "select * from auth.oauth_applications",
          "insert into auth.users (id, name, email) values ('x', 'X', 'x@example.test')",
          "update auth.users set access_tier = 'founder'",
          "update auth.accounts set password = ''",
          "delete from auth.passwords",
          "truncate auth.passkeys",
          "create table auth.mine (id text)"
        })
    void mayNot(String sql) {
      assertDenied(READER, sql);
    }
  }

  @Nested
  final class WritableRole {

    @BeforeEach
    void role() {
      database.apply("role-read-only.sql").apply("role-writable.sql").run(SOMEONE);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          """
          insert into auth.users (id, name, email, email_verified, image, created_at, updated_at,
              access_tier, two_factor_enabled)
            values ('x', 'X', 'x@example.test', true, '', now(), now(), 'public', false)
          """,
          "update auth.users set name = 'Y', email = 'y@example.test', email_verified = true",
          "update auth.users set image = '', updated_at = now(), access_tier = 'alpha'",
          "update auth.users set two_factor_enabled = true, deleted_at = now(), created_at = now()",
          "delete from auth.users",
          """
          insert into auth.accounts (id, account_id, provider_id, user_id, password, created_at,
              updated_at)
            values ('x', 'u', 'google', 'u', null, now(), now())
          """,
          "update auth.accounts set password = '', updated_at = now() where user_id = 'u'",
          "delete from auth.accounts where provider_id = 'credential'",
          "update auth.passwords set hashed_password = '', updated_at = now()",
          "delete from auth.passwords where user_id = 'u'",
          """
          insert into auth.two_factor_auth (user_id, secret, enabled, backup_codes, created_at)
            values ('u', '', true, '', now())
            on conflict (user_id) do update set secret = excluded.secret, enabled = true,
              enabled_at = now(), created_at = now()
          """,
          "update auth.two_factor_auth set backup_codes = '' where backup_codes = '[]'",
          "delete from auth.two_factor_auth",
          """
          insert into auth.passkeys (id, user_id, credential_id, public_key, counter, device_type,
              backed_up, transports, friendly_name, last_used_at, created_at)
            values ('x', 'u', 'x', '', 0, 'single', false, '[]', '', now(), now())
          """,
          "update auth.passkeys set counter = 1, last_used_at = now() where counter < 1",
          "delete from auth.passkeys where credential_id = 'c'",
          "update auth.sessions set revoked_at = now(), expires_at = now() where user_id = 'u'",
          "delete from auth.sessions where token = 't'",
          "delete from auth.verification where identifier = 'i' and expires_at <= now()",
          """
          insert into auth.security_events (user_id, event_type, ip_address, user_agent, metadata)
            values ('u', 'login', '', '', '{}')
          """
        })
    void mayWrite(String sql) {
      assertThatCode(() -> database.as(WRITER, sql)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "update auth.users set role = 'admin'",
          "update auth.users set id = 'x'",
          "insert into auth.users (id, name, email, role) values ('x', 'X', 'x@x.test', 'admin')",
          "select access_token from auth.accounts",
          "update auth.accounts set access_token = ''",
          "update auth.accounts set user_id = 'x'",
          "update auth.sessions set token = ''",
          "insert into auth.sessions (id, expires_at, token, user_id) values ('x', now(), 'x', 'u')",
          "insert into auth.verification (id, identifier, value, expires_at)"
              + " values ('x', 'x', 'u', now())",
          "select * from auth.security_events",
          "delete from auth.security_events",
          "delete from auth.jwks",
          "update auth.user_settings set global_settings = '{}'",
          "truncate auth.users cascade",
          "create table auth.mine (id text)"
        })
    void mayNot(String sql) {
      assertDenied(WRITER, sql);
    }

    @Test
    void deletesAUserWithAllThatHangsOnIt() throws SQLException {
      database.as(WRITER, "delete from auth.users where id = 'u'");
      assertThat(database.run("select id from auth.user_settings, auth.users")).isEmpty();
      assertThat(database.run("select id from auth.security_events")).isEmpty();
    }
  }

  private void assertDenied(String role, String sql) {
    assertThatThrownBy(() -> database.as(role, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(DENIED));
  }

  @Nested
  final class NotifyTrigger {

    @Test
    void tellsWhichUserAndWhichColumnsButNoValue() throws SQLException {
      database
          .apply("role-read-only.sql")
          .apply("role-writable.sql")
          .apply("notify-trigger.sql")
          .apply("hint-trigger.sql");
      try (Connection listener = database.source().getConnection();
          Statement statement = listener.createStatement()) {
        statement.execute("listen access_tier_changes");
        database.run(SOMEONE);
        database.as(
            WRITER, "update auth.users set access_tier = 'beta', name = 'New' where id = 'u'");
        database.run("update auth.users set image = null, name = 'New'");
        database.run("delete from auth.users");
        assertThat(notifications(listener, 3))
            .containsExactly(
                "{\"id\": \"u\", \"op\": \"insert\", \"columns\": []}",
                "{\"id\": \"u\", \"op\": \"update\", \"columns\": [\"access_tier\", \"name\"]}",
                "{\"id\": \"u\", \"op\": \"delete\", \"columns\": []}");
      }
    }

    /** What came until there were so many, or nothing more within five seconds. */
    private static List<String> notifications(Connection listener, int expected)
        throws SQLException {
      List<String> all = new ArrayList<>();
      PGNotification[] some;
      do {
        some = listener.unwrap(PGConnection.class).getNotifications(5000);
        Stream.of(some).map(PGNotification::getParameter).forEach(all::add);
      } while (some.length > 0 && all.size() < expected);
      return all;
    }
  }

  @Nested
  final class Indexes {

    private static final int MANY = 20_000;

    @Test
    void aSearchUsesThemAll() {
      database.apply("indexes.sql");
      assertThat(plan(search("user1234")))
          .contains(
              "users_email_search_idx",
              "users_first_name_search_idx",
              "users_last_name_search_idx");
    }

    /** By the beginning of the text, since only the database's owner may make the extension. */
    @Test
    void withoutTrigramsItUsesThePlainOnes() {
      String owner = "owner_" + DATABASES.incrementAndGet();
      database.run(
          """
          create role %1$s;
          alter schema auth owner to %1$s;
          alter table auth.users owner to %1$s;
          alter table auth.accounts owner to %1$s;
          alter table auth.sessions owner to %1$s;
          """
              .formatted(owner));
      database.applyAs(owner, "indexes.sql");
      assertThat(plan(search("user1234")))
          .contains(
              "users_email_prefix_idx",
              "users_first_name_prefix_idx",
              "users_last_name_prefix_idx");
    }

    @Test
    void aLoginLooksUpThePasswordByIndex() {
      database.apply("indexes.sql");
      new SampleUsers(database.source()).addMany("u", MANY);
      database.run(
          """
          insert into auth.accounts (id, account_id, provider_id, user_id, password)
            select id, id, 'credential', id, '' from auth.users
          """);
      assertThat(plan("select * from auth.accounts where user_id = 'x'"))
          .contains("accounts_user_id_idx");
    }

    /**
     * What the provider asks to count who matches a word. To list them PostgreSQL may also walk
     * along the emails, which it does where it expects many.
     */
    private String search(String word) {
      new SampleUsers(database.source()).addMany("user", MANY);
      try (TestRealm realm = TestRealm.create()) {
        String line =
            new AuthStatements()
                .during(() -> realm.realm().users().count(word)).stream()
                    .filter(statement -> statement.contains(" like "))
                    .findFirst()
                    .orElseThrow();
        String sql = line.substring(line.indexOf("select "));
        return sql.replaceAll("\\$\\d+", "'" + word + "%'");
      }
    }

    private String plan(String sql) {
      database.run("vacuum analyze auth.users");
      return sql + "\n" + String.join("\n", database.run("explain " + sql));
    }
  }
}
