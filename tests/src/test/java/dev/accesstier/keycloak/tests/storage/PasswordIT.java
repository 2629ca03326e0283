// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.devserver.SampleUsers;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Hashes;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.EventRepresentation;

/** Broken hashes, crowds and guessing. */
@TestInstance(Lifecycle.PER_CLASS)
final class PasswordIT {

  private static final String DATABASE = "passwords";
  private static final int CROWD = 200;

  private final PostgresServer postgres = TestServer.shared().postgres();
  private TestRealm realm;
  private SampleUsers users;

  @BeforeAll
  void makeRealm() {
    var database = postgres.createDatabase(DATABASE);
    Fixture.load(database);
    users = new SampleUsers(database);
    realm =
        TestRealm.create(
            Map.of("jdbcUrl", postgres.jdbcUrl(DATABASE), "username", PostgresServer.USER),
            rep -> {
              rep.setBruteForceProtected(true);
              rep.setPermanentLockout(true);
              rep.setMaxTemporaryLockouts(0);
              rep.setFailureFactor(3);
              rep.setQuickLoginCheckMilliSeconds(0L);
            });
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no-hash-at-all",
        "zz:zz",
        ":",
        "00112233445566778899aabbccddeeff:",
        "$2b$12$short",
        "$2b$99$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA"
      })
  void aBrokenHashIsAFailedLoginAndOneLine(String hash) {
    SampleUser user =
        SampleUser.of(
                "broken-" + SampleUser.newId().toLowerCase(Locale.ROOT) + "@example.test",
                "Broken Hash")
            .passwordHash(hash);
    users.add(user);
    int before = TestServer.shared().keycloak().log().length();

    HTTPResponse response = realm.oidc().password(TestRealm.APP, user.email(), "any-password");

    assertThat(response.getStatusCode()).isEqualTo(400);
    assertThat(Oidc.json(response)).containsEntry("error_description", "Invalid user credentials");
    String log = TestServer.shared().keycloak().log().substring(before);
    assertThat(log.lines().filter(line -> line.contains(user.id())).filter(l -> l.contains("hash")))
        .hasSize(1);
    if (hash.length() > 8) {
      assertThat(log).doesNotContain(hash);
    }
  }

  /** Time must not tell who has an account: each guess costs a hash, whoever it is about. */
  @Test
  void everyGuessCostsOneHash() {
    SampleUser known =
        SampleUser.of("counted@example.test", "Guessed")
            .passwordHash(ScryptHash.of("not guessed").stored());
    SampleUser without = SampleUser.of("no-password@example.test", "Without");
    users.add(known);
    users.add(without);
    Hashes hashes = new Hashes(TestServer.shared().keycloak());

    for (String email : List.of(known.email(), without.email(), "nobody-at-all@example.test")) {
      assertThat(hashes.during(() -> realm.oidc().password(TestRealm.APP, email, "a guess")))
          .as(email)
          .isEqualTo(1);
      assertThat(
              hashes.during(
                  () ->
                      new Browser(TestServer.shared().keycloak().baseUrl())
                          .signIn(realm.oidc().authUrl(TestRealm.APP, ""), email, "a guess")))
          .as(email)
          .isEqualTo(1);
    }
  }

  /** The server has 512 MiB of heap, which holds 16 scrypt hashes at most. */
  @Test
  void twoHundredAtOnceAllSignIn() throws InterruptedException, ExecutionException {
    String hash = ScryptHash.of("one of many").stored();
    List<SampleUser> crowd =
        IntStream.range(0, CROWD)
            .mapToObj(i -> SampleUser.of("crowd-" + i + "@example.test", "Crowd " + i))
            .map(user -> user.passwordHash(hash))
            .toList();
    crowd.forEach(users::add);
    List<Future<Integer>> logins = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(CROWD);
    try {
      for (SampleUser user : crowd) {
        logins.add(
            threads.submit(
                () ->
                    realm
                        .oidc()
                        .password(TestRealm.APP, user.email(), "one of many")
                        .getStatusCode()));
      }
      for (Future<Integer> login : logins) {
        assertThat(login.get()).isEqualTo(200);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(TestServer.shared().keycloak().log()).doesNotContain("OutOfMemoryError");
  }

  @Test
  void guessingLocksTheUserOutInKeycloakAlone() {
    SampleUser user =
        SampleUser.of("guessed@example.test", "Gesine Guessed")
            .passwordHash(ScryptHash.of("right-password").stored());
    users.add(user);
    Oidc.tokens(realm.oidc().password(TestRealm.APP, user.email(), "right-password"));
    String id = realm.user(user.email()).getId();
    realm.guessed(
        id,
        Collections.nCopies(
            3, () -> realm.oidc().password(TestRealm.APP, user.email(), "wrong-password")));
    var resource = realm.realm().users().get(id);
    await().until(() -> !resource.toRepresentation().isEnabled());
    assertThat(realm.oidc().password(TestRealm.APP, user.email(), "right-password").getStatusCode())
        .isEqualTo(400);
    assertThat(deletedRows(user.id())).isZero();

    var representation = resource.toRepresentation();
    representation.setEnabled(true);
    resource.update(representation);
    Oidc.tokens(realm.oidc().password(TestRealm.APP, user.email(), "right-password"));
  }

  @Test
  void anUnknownEmailIsAnsweredAsAWrongPasswordIs() {
    HTTPResponse unknown = realm.oidc().password(TestRealm.APP, "nobody@example.test", "guess");
    HTTPResponse wrong = realm.oidc().password(TestRealm.APP, "case@example.test", "guess");
    HTTPResponse deleted =
        realm
            .oidc()
            .password(TestRealm.APP, Fixture.known().user("deleted-1").email(), "a-wrong-guess");
    HTTPResponse social =
        realm.oidc().password(TestRealm.APP, Fixture.known().user("social-only").email(), "guess");
    assertThat(Stream.of(wrong, social).map(HTTPResponse::getBody)).containsOnly(unknown.getBody());
    assertThat(Stream.of(wrong, social).map(HTTPResponse::getStatusCode))
        .containsOnly(unknown.getStatusCode());
    assertThat(deleted.getStatusCode()).isIn(400, 401);
  }

  /** Where the realm verifies emails, Keycloak asks for it; see {@link KnownUsersIT}. */
  @Test
  void anUnverifiedUserIsRefusedInARealmThatVerifiesNothing() {
    Fixture.User user = Fixture.known().user("unverified-1");
    HTTPResponse response =
        realm.oidc().password(TestRealm.APP, user.email(), user.knownPassword());
    assertThat(Oidc.json(response)).containsEntry("error", "invalid_grant");
    Browser.Stop stop =
        new Browser(TestServer.shared().keycloak().baseUrl())
            .signIn(realm.oidc().authUrl(TestRealm.APP, ""), user.email(), user.knownPassword());
    assertThat(stop.parameter("code")).isEmpty();
    assertThat(stop.uri().getHost()).isEqualTo("127.0.0.1");
  }

  @Test
  void refusalsAreEvents() {
    realm.oidc().password(TestRealm.APP, "nobody@example.test", "guess");
    assertThat(
            realm
                .realm()
                .getEvents(List.of("LOGIN_ERROR"), null, null, null, null, null, null, null))
        .extracting(EventRepresentation::getError)
        .contains("user_not_found");
  }

  private int deletedRows(String id) {
    try (var connection = postgres.database(DATABASE).getConnection();
        var statement =
            connection.prepareStatement(
                "select count(*) from auth.users where id = ? and deleted_at is not null")) {
      statement.setString(1, id);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
