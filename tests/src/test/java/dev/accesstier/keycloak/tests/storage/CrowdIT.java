// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Hashes;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Far more people than cores and connections, on the small heap of the tests' server. */
@TestInstance(Lifecycle.PER_CLASS)
final class CrowdIT {

  private static final int CROWD = 500;
  private static final Fixture.User BETA = Fixture.known().user("beta-user");
  private static final Fixture.User ALPHA = Fixture.known().user("alpha-user");

  private TestRealm realm;

  @BeforeAll
  void makeRealm() {
    PostgresServer postgres = TestServer.shared().postgres();
    Fixture.load(postgres.createDatabase("crowd"));
    realm =
        TestRealm.create(
            Map.of(
                "jdbcUrl",
                postgres.jdbcUrl("crowd"),
                "username",
                PostgresServer.USER,
                "poolMaxSize",
                "2"),
            more -> {});
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  /** Who cannot be served is told so; nobody with a right password is told that it is wrong. */
  @Test
  void everybodyIsAnsweredAndNobodyWrongly() {
    ExecutorService people = Executors.newFixedThreadPool(CROWD);
    try {
      List<CompletableFuture<HTTPResponse>> answers =
          IntStream.range(0, CROWD)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> login(i), people))
              .toList();

      int entered = 0;
      for (int i = 0; i < CROWD; i++) {
        HTTPResponse answer = answers.get(i).join();
        if (answer.getStatusCode() == 503) {
          OutageIT.assertUnavailable(answer);
        } else if (isRight(i)) {
          Oidc.tokens(answer);
          entered++;
        } else {
          assertThat(answer.getStatusCode()).as(answer.getBody()).isEqualTo(400);
          assertThat(Oidc.json(answer)).containsEntry("error", "invalid_grant");
        }
      }
      assertThat(entered).isPositive();
    } finally {
      people.shutdownNow();
    }
    assertThat(TestServer.shared().keycloak().log()).doesNotContain("OutOfMemoryError");
    assertThat(new Hashes(TestServer.shared().keycloak()).during(() -> Oidc.tokens(login(0))))
        .isEqualTo(1);
  }

  private HTTPResponse login(int number) {
    Fixture.User user = number % 4 < 2 ? BETA : ALPHA;
    return realm
        .oidc()
        .password(
            TestRealm.APP, user.email(), isRight(number) ? user.knownPassword() : "a wrong one");
  }

  private static boolean isRight(int number) {
    return number % 2 == 0;
  }
}
