// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.Oidc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.RealmRepresentation;

/** The compose stack as it is shipped: two nodes, a proxy, a database and the realm. */
@Needs({Needs.Tool.DOCKER, Needs.Tool.COMPOSE})
@TestInstance(Lifecycle.PER_CLASS)
final class ComposeIT {

  private static final String APP = "beta-app";
  private static final List<String> NODES = List.of("keycloak-1", "keycloak-2");

  private Compose compose;
  private SampleRealm mana;

  @BeforeAll
  void up() {
    Containers.buildImage();
    compose = new Compose();
    compose.run("up", "-d", "--build");
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(() -> get(compose.url() + "/realms/mana", "").statusCode() == 200);
    mana = new SampleRealm(compose.url());
    mana.addApp(APP, "beta");
  }

  @AfterAll
  void down() {
    compose.close();
    mana.close();
  }

  @Test
  void aSampleUserSignsInThroughTheProxyAndFindsTheTier() {
    Browser.Stop stop = mana.browser(APP, "alpha-user");
    OIDCTokens tokens = Oidc.tokens(mana.oidc().code(APP, stop.parameter("code")));
    assertThat(Oidc.claims(tokens.getAccessToken()))
        .containsEntry("iss", compose.url() + "/realms/mana")
        .containsEntry("access_tier", "alpha");
    assertThat(mana.browser(APP, "public-user").isDeniedPage()).isTrue();
  }

  @Test
  void aSessionOfOneNodeIsKnownOnTheOther() {
    RefreshToken token = Oidc.tokens(mana.password(APP, "beta-user")).getRefreshToken();
    for (String node : Stream.of(NODES, NODES).flatMap(List::stream).toList()) {
      Oidc oidc = new Oidc(compose.nodeUrl(node) + "/realms/mana");
      token = Oidc.tokens(oidc.refresh(APP, token)).getRefreshToken();
    }
  }

  @Test
  void aSignInStaysOnItsNode() {
    HttpResponse<String> first = get(mana.oidc().authUrl(APP, ""), "");
    String cookie =
        first.headers().allValues("Set-Cookie").stream()
            .filter(set -> set.startsWith("AUTH_SESSION_ID="))
            .map(set -> set.substring(0, set.indexOf(';')))
            .findFirst()
            .orElseThrow();
    for (int i = 0; i < 4; i++) {
      assertThat(node(get(mana.oidc().authUrl(APP, ""), cookie))).isEqualTo(node(first));
    }
  }

  @Test
  void otherRequestsTakeTurns() {
    assertThat(
            IntStream.range(0, 4)
                .mapToObj(i -> node(get(mana.oidc().url("/certs"), "")))
                .distinct())
        .hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"keycloak-1", "keycloak-2"})
  void aNodeIsHealthyAndItsRootFileSystemReadOnly(String node) {
    assertThat(compose.inspect(node, "{{.State.Health.Status}} {{.HostConfig.ReadonlyRootfs}}"))
        .isEqualTo("healthy true");
    assertThat(compose.run("exec", "-T", node, "touch", "/tmp/may")).isEmpty();
    assertThatThrownBy(() -> compose.run("exec", "-T", node, "touch", "/opt/keycloak/may-not"))
        .hasMessageContaining("Read-only file system");
  }

  @Test
  void theRealmIsImportedOnce() {
    assertThat(compose.inspect("realm", "{{.State.ExitCode}}")).isEqualTo("0");
    RealmRepresentation realm = mana.realm().toRepresentation();
    realm.setDisplayName("Changed since");
    mana.realm().update(realm);
    compose.run("run", "--rm", "-T", "realm");
    assertThat(mana.realm().toRepresentation().getDisplayName()).isEqualTo("Changed since");
  }

  @Test
  void theNodesFormOneCluster() {
    for (String node : NODES) {
      assertThat(compose.run("logs", "--no-color", node))
          .containsPattern(
              "Received new cluster view .* \\(2\\) \\[keycloak-[12].*, keycloak-[12]");
    }
  }

  @Test
  void aNameChangedOnOneNodeIsSeenOnTheOtherWithinASecond() {
    try (CachedUsers users = new CachedUsers(compose, NODES)) {
      users.cacheOnTheOther();
      users.rename();
      await().atMost(Duration.ofSeconds(1)).until(users::isRenamedOnTheOther);
    }
  }

  @Test
  void soIsAnAttributeOfAFederatedUser() {
    try (CachedUsers users = new CachedUsers(compose, NODES)) {
      users.cacheOnTheOther();
      users.annotateFederated();
      await().atMost(Duration.ofSeconds(1)).until(users::isAnnotatedOnTheOther);
    }
  }

  /** What the tests above show comes from the cluster, and not from the database they share. */
  @Nested
  @TestInstance(Lifecycle.PER_CLASS)
  final class WithoutDiscovery {

    @BeforeAll
    void aloneAgain() {
      compose.runWith("without-discovery.yml", "up", "-d", "--no-deps", "keycloak-2");
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () -> compose.inspect("keycloak-2", "{{.State.Health.Status}}"), "healthy"::equals);
    }

    @Test
    void theOtherNodeKeepsTheOldAttribute() {
      try (CachedUsers users = new CachedUsers(compose, NODES)) {
        users.cacheOnTheOther();
        users.annotateFederated();
        await()
            .during(Duration.ofSeconds(3))
            .atMost(Duration.ofSeconds(10))
            .until(() -> !users.isAnnotatedOnTheOther());
      }
    }

    /** Each node looks there for itself. */
    @Test
    void whatIsInTheSchemaIsSeenAllTheSame() {
      try (CachedUsers users = new CachedUsers(compose, NODES)) {
        users.cacheOnTheOther();
        users.rename();
        await().atMost(Duration.ofSeconds(10)).until(users::isRenamedOnTheOther);
      }
    }
  }

  private static String node(HttpResponse<String> response) {
    return response.headers().firstValue("X-Node").orElseThrow();
  }

  private static HttpResponse<String> get(String url, String cookie) {
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
      if (!cookie.isEmpty()) {
        request.header("Cookie", cookie);
      }
      return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
