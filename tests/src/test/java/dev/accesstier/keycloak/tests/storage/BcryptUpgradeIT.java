// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.PasswordHash;
import dev.accesstier.keycloak.credential.ScryptHash;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A correct bcrypt password becomes one that Better Auth verifies, and never costs a login. */
@TestInstance(Lifecycle.PER_CLASS)
final class BcryptUpgradeIT {

  private static final String DATABASE = "bcrypt_upgrade";
  private static final String PASSWORD = "bcrypt-password";

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create(DATABASE, Map.of(), rep -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Test
  void inAccounts() {
    SampleUser user = add(PASSWORD);
    assertThat(realm.signsIn(user.email(), "wrong-password")).isFalse();
    assertThat(hash(user.id())).startsWith("$2b$");
    assertThat(realm.signsIn(user.email(), PASSWORD)).isTrue();
    assertThat(PasswordHash.parse(hash(user.id())).matches(PASSWORD)).isTrue();
    assertThat(hash(user.id())).doesNotStartWith("$");
    assertThat(realm.signsIn(user.email(), PASSWORD)).isTrue();
  }

  @Test
  void inPasswordsAsARowOfItsOwn() {
    Fixture.User user = Fixture.known().user("legacy-passwords-table");
    assertThat(realm.signsIn(user.email(), user.knownPassword())).isTrue();
    AuthRows.Row row = realm.rows().credential(user.id());
    assertThat(row.columns()).containsEntry("account_id", user.id());
    assertThat(row.text("id")).matches("[a-zA-Z0-9]{32}");
    assertThat(PasswordHash.parse(hash(user.id())).matches(user.knownPassword())).isTrue();
    assertThat(realm.rows().all("select 1 from auth.passwords where user_id = ?", user.id()))
        .isEmpty();
    assertThat(realm.signsIn(user.email(), user.knownPassword())).isTrue();
  }

  /** Who typed it may have typed another end, which scrypt would then insist on. */
  @Test
  void notWhereBcryptLookedAtAPartOfThePasswordOnly() {
    String whole = "x".repeat(72);
    SampleUser user = add(whole);
    assertThat(realm.signsIn(user.email(), whole + "typo")).isTrue();
    assertThat(hash(user.id())).startsWith("$2b$");
    assertThat(realm.signsIn(user.email(), whole)).isTrue();
    assertThat(hash(user.id())).doesNotStartWith("$");
  }

  /** Better Auth changes the password while the login that brought the old one is under way. */
  @Test
  void notOverAPasswordThatWasChangedMeanwhile() throws SQLException {
    SampleUser user = add(PASSWORD);
    String changed = ScryptHash.of("changed at Better Auth").stored();
    try (Connection betterAuth = realm.rows().database().getConnection()) {
      betterAuth.setAutoCommit(false);
      try (var update =
          betterAuth.prepareStatement("update auth.accounts set password = ? where user_id = ?")) {
        update.setString(1, changed);
        update.setString(2, user.id());
        update.executeUpdate();
      }
      CompletableFuture<Boolean> login =
          CompletableFuture.supplyAsync(() -> realm.signsIn(user.email(), PASSWORD));
      awaitAWaitingWriter(login);
      betterAuth.commit();
      assertThat(login.join()).isTrue();
    }
    assertThat(hash(user.id())).isEqualTo(changed);
    assertThat(realm.signsIn(user.email(), PASSWORD)).isFalse();
  }

  /** Somebody takes the privilege away later; at the saving it would be an error. */
  @Test
  void notWhereTheDatabaseForbidsItAndTheLoginSucceeds() {
    SampleUser user = add(PASSWORD);
    PostgresServer postgres = TestServer.shared().postgres();
    postgres.execute(
        DATABASE,
        """
        create role bcrypt_upgrade login;
        grant usage on schema auth to bcrypt_upgrade;
        grant select, insert, update, delete on all tables in schema auth to bcrypt_upgrade
        """);
    realm.realm().configure(Map.of("username", "bcrypt_upgrade"));
    try {
      postgres.execute(DATABASE, "revoke update on auth.accounts from bcrypt_upgrade");
      assertThat(realm.signsIn(user.email(), PASSWORD)).isTrue();
      assertThat(hash(user.id())).startsWith("$2b$");
    } finally {
      realm.realm().configure(Map.of("username", PostgresServer.USER));
    }
  }

  @Test
  void notWhereTheSchemaIsReadOnly() {
    SampleUser user = add(PASSWORD);
    realm.realm().configure(Map.of("editMode", "READ_ONLY"));
    try {
      assertThat(realm.signsIn(user.email(), PASSWORD)).isTrue();
      assertThat(hash(user.id())).startsWith("$2b$");
    } finally {
      realm.realm().configure(Map.of("editMode", "WRITABLE"));
    }
  }

  private SampleUser add(String password) {
    String email = SampleUser.newId().toLowerCase(Locale.ROOT) + "@example.test";
    String hash =
        OpenBSDBCrypt.generate("2b", password.getBytes(StandardCharsets.UTF_8), new byte[16], 4);
    SampleUser user = SampleUser.of(email, "Bcrypt User").passwordHash(hash);
    realm.users().add(user);
    return user;
  }

  private String hash(String userId) {
    return realm.rows().credential(userId).text("password");
  }

  private void awaitAWaitingWriter(CompletableFuture<Boolean> login) {
    Instant end = Instant.now().plusSeconds(20);
    while (realm
        .rows()
        .all(
            "select 1 from pg_stat_activity where datname = ? and wait_event_type = 'Lock'",
            DATABASE)
        .isEmpty()) {
      assertThat(login).as("did not wait").isNotDone();
      assertThat(Instant.now()).isBefore(end);
    }
  }
}
