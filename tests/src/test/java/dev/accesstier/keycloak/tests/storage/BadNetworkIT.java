// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.NetworkFaults;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** The way to the database is slow, hangs, or breaks in the middle. */
@TestInstance(Lifecycle.PER_CLASS)
final class BadNetworkIT {

  private static final Fixture.User BETA = Fixture.known().user("beta-user");
  private static final Fixture.User ALPHA = Fixture.known().user("alpha-user");
  private static final String LOCAL = "local@keycloak.test";
  private static final String PASSWORD = "a-password-of-its-own";

  private NetworkFaults network;
  private TestRealm realm;
  private TestRealm other;

  @BeforeAll
  void makeRealms() {
    PostgresServer postgres = TestServer.shared().postgres();
    Fixture.load(postgres.createDatabase("bad_network"));
    network = new NetworkFaults(postgres.port());
    realm =
        TestRealm.create(
            Map.of(
                "jdbcUrl",
                "jdbc:postgresql://127.0.0.1:" + network.port() + "/bad_network",
                "username",
                PostgresServer.USER,
                "changesPeriod",
                "1"),
            rep -> {});
    other = TestRealm.create();
    addLocalUser();
    network.heal();
    await().until(() -> login(BETA).getStatusCode() == 200);
  }

  @AfterAll
  void removeRealms() {
    realm.close();
    other.close();
    network.close();
  }

  @AfterEach
  void heal() {
    network.heal();
    await().until(() -> login(BETA).getStatusCode() == 200);
  }

  private void addLocalUser() {
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(PASSWORD);
    UserRepresentation user = new UserRepresentation();
    user.setUsername(LOCAL);
    user.setEmail(LOCAL);
    user.setFirstName("Local");
    user.setEnabled(true);
    user.setEmailVerified(true);
    user.setCredentials(List.of(password));
    realm.realm().users().create(user).close();
  }

  private HTTPResponse login(Fixture.User user) {
    return realm.oidc().password(TestRealm.APP, user.email(), user.knownPassword());
  }

  /** More at once than there are connections: each is answered, and nobody else notices. */
  @Test
  void aDatabaseThatHangsConcernsItsUsersAlone() {
    network.freeze();

    List<CompletableFuture<HTTPResponse>> hanging =
        IntStream.range(0, 20)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> login(i % 2 == 0 ? BETA : ALPHA)))
            .toList();
    for (int i = 0; i < 5; i++) {
      Oidc.tokens(realm.oidc().password(TestRealm.APP, LOCAL, PASSWORD));
      Oidc.tokens(other.oidc().password(TestRealm.APP, BETA.email(), BETA.knownPassword()));
    }

    assertThat(hanging).map(CompletableFuture::join).allSatisfy(OutageIT::assertUnavailable);
    network.heal();
    await().until(() -> login(ALPHA).getStatusCode() == 200);
    assertThat(
            realm
                .realm()
                .getEvents(List.of("LOGIN_ERROR"), null, null, null, null, null, null, null))
        .extracting(EventRepresentation::getError)
        .doesNotContain("user_not_found", "invalid_user_credentials");
  }

  @Test
  void aSlowWayIsAWay() {
    network.delay(Duration.ofMillis(50));

    Oidc.tokens(login(BETA));
    Oidc.tokens(login(ALPHA));
  }

  /** A login whose connection breaks is tried again on another, or told that it cannot be now. */
  @Test
  void connectionsThatBreakInTheMiddleAnswerNobodyWrongly() {
    List<HTTPResponse> answers = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      List<CompletableFuture<HTTPResponse>> logins =
          IntStream.range(0, 6)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> login(BETA)))
              .toList();
      network.delay(Duration.ofMillis(20));
      network.cut();
      logins.forEach(one -> answers.add(one.join()));
      network.heal();
    }

    assertThat(answers)
        .allSatisfy(
            answer -> {
              if (answer.getStatusCode() != 200) {
                OutageIT.assertUnavailable(answer);
              }
            });
  }
}
