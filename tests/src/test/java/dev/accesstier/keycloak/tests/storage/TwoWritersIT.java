// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.accesstier.devserver.SampleUser;
import dev.accesstier.keycloak.credential.PasswordHash;
import dev.accesstier.keycloak.tests.support.AuthRows;
import dev.accesstier.keycloak.tests.support.AuthStatements;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.CredentialRepresentation;

/** Keycloak and Better Auth write to the same user at once, and nothing of either is lost. */
@TestInstance(Lifecycle.PER_CLASS)
final class TwoWritersIT {

  private static final String DATABASE = "two_writers";

  private WritableRealm realm;

  @BeforeAll
  void makeRealm() {
    realm = WritableRealm.create(DATABASE, Map.of(), rep -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  /** The other's transaction is open while Keycloak reads, and ends while Keycloak writes. */
  @Test
  void keycloakWritesTheNameWhileTheOtherWritesTheRest() throws SQLException {
    SampleUser user = realm.add("First Name");
    try (Connection betterAuth = realm.rows().database().getConnection()) {
      betterAuth.setAutoCommit(false);
      try (PreparedStatement update =
          betterAuth.prepareStatement(
              """
              update auth.users
                 set image = 'https://b.test/x', two_factor_enabled = true, access_tier = 'alpha',
                     email_verified = false
               where id = ?
              """)) {
        update.setString(1, user.id());
        update.executeUpdate();
      }
      CompletableFuture<Void> change =
          CompletableFuture.runAsync(
              () -> realm.change(user.email(), rep -> rep.setFirstName("Second")));
      awaitAWaitingWriter(change);
      betterAuth.commit();
      change.join();
    }
    AuthRows.Row row = realm.rows().user(user.id());
    assertThat(row.columns())
        .containsEntry("name", "Second Name")
        .containsEntry("image", "https://b.test/x")
        .containsEntry("two_factor_enabled", true);
    assertThat(row.text("access_tier")).isEqualTo("alpha");
  }

  /** What Keycloak still has in its cache is not written back. */
  @Test
  void anEmailChangedElsewhereSurvivesAFormThatShowsTheOldOne() {
    SampleUser user = realm.add("Old Form");
    var resource = realm.resource(user.email());
    var form = resource.toRepresentation();
    realm.rows().write("update auth.users set email = 'b-' || email where id = ?", user.id());
    form.setFirstName("New");
    resource.update(form);
    assertThat(realm.rows().user(user.id()).columns())
        .containsEntry("name", "New Form")
        .containsEntry("email", "b-" + user.email());
  }

  @Test
  void aChangeOfOneFieldWritesOneColumn() {
    SampleUser user = realm.add("One Column");
    List<String> written =
        new AuthStatements()
            .during(() -> realm.change(user.email(), rep -> rep.setFirstName("Single"))).stream()
                .filter(statement -> statement.contains("update auth."))
                .toList();
    assertThat(written).hasSize(1);
    assertThat(written.get(0))
        .matches(".*set name=\\S+,\\s?updated_at=\\S+ where \\S*id=\\S+.*")
        .doesNotContain("email");
  }

  /** The schema lets a user have two credential rows, of which one would be a stale password. */
  @Test
  void aFirstPasswordGivenManyTimesAtOnceMakesOneRow() {
    SampleUser user = SampleUser.of("first-password@example.test", "First Password");
    realm.users().add(user);
    var resource = realm.resource(user.email());
    List<String> passwords = IntStream.range(0, 6).mapToObj(i -> "password-" + i).toList();
    List<CompletableFuture<Void>> changes =
        passwords.stream()
            .map(
                password ->
                    CompletableFuture.runAsync(
                        () -> {
                          CredentialRepresentation credential = new CredentialRepresentation();
                          credential.setType(CredentialRepresentation.PASSWORD);
                          credential.setValue(password);
                          resource.resetPassword(credential);
                        }))
            .toList();
    changes.forEach(CompletableFuture::join);
    PasswordHash stored = PasswordHash.parse(realm.rows().credential(user.id()).text("password"));
    assertThat(passwords.stream().filter(stored::matches)).hasSize(1);
  }

  private void awaitAWaitingWriter(CompletableFuture<Void> change) {
    Instant end = Instant.now().plusSeconds(20);
    while (realm
        .rows()
        .all(
            "select 1 from pg_stat_activity where datname = ? and wait_event_type = 'Lock'",
            DATABASE)
        .isEmpty()) {
      assertThat(change).as("did not wait").isNotDone();
      assertThat(Instant.now()).isBefore(end);
    }
  }
}
