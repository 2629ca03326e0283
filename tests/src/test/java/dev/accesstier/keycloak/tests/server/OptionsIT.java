// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Hashes;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.SessionCookies;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.util.JsonSerialization;

/**
 * A server on which another extension and an option have taken providers of ours away, behind a
 * proxy that speaks https, and where nobody waits for a hash.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class OptionsIT {

  private static final String DATABASE = "options";
  private static final Fixture.User ORDINARY = Fixture.known().user("beta-user");
  private static final Fixture.User TWO_FACTORS = Fixture.known().user("totp-1");

  private KeycloakServer server;
  private Keycloak admin;
  private TestRealm realm;

  @BeforeAll
  void start() {
    PostgresServer postgres = TestServer.shared().postgres();
    Fixture.load(postgres.createDatabase(DATABASE));
    postgres.createDatabase("keycloak_options");
    server =
        KeycloakServer.start(
            TestServer.folder("options"),
            KeycloakOptions.defaults()
                .provider(TestServer.jar())
                .provider(OtherExtension.build())
                .database(postgres, "keycloak_options")
                .authSchema(postgres, DATABASE, Fixture.known().secret())
                .argument("--spi-token-interceptor--access-tier--enabled=false")
                .argument("--spi-storage--auth-schema--max-hash-wait=1")
                .argument("--proxy-headers=xforwarded")
                .heap("-Xms128m -Xmx512m"));
    admin = TestServer.admin(server.baseUrl());
    realm = TestRealm.on(admin, server.baseUrl(), Map.of("editMode", "WRITABLE"));
    // The first connection of a pool may take longer than a look-up waits for one.
    await().untilAsserted(() -> realm.user(ORDINARY.email()));
  }

  @AfterAll
  void stop() {
    admin.close();
    server.close();
  }

  private HTTPResponse signIn(String email, String password) {
    return realm.oidc().password(TestRealm.APP, email, password);
  }

  @Nested
  class LostProviders {

    @Test
    void areErrorsAtTheStart() {
      assertThat(errors(server))
          .satisfiesExactlyInAnyOrder(
              line ->
                  assertThat(line)
                      .contains("ERROR")
                      .endsWith(
                          "Provider access-tier of SPI token-interceptor is switched off, so that"
                              + " grants hand out tokens whatever the tier."),
              line ->
                  assertThat(line)
                      .contains("ERROR")
                      .endsWith(
                          "Provider keycloak-otp of SPI credential is other.OtherOtpFactory of"
                              + " another extension, so that users with a second factor in the auth"
                              + " schema are refused."));
    }

    @Test
    void areNoneOnAServerThatHasThemAll() {
      assertThat(errors(TestServer.shared().keycloak())).isEmpty();
    }

    @Test
    void areInTheStatus() throws IOException, InterruptedException {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create(
                      server.baseUrl() + "/admin/realms/" + realm.name() + "/access-tier/status"))
              .header("Authorization", "Bearer " + admin.tokenManager().getAccessTokenString())
              .build();

      String status = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();

      Map<?, ?> read = JsonSerialization.readValue(status, Map.class);
      assertThat(read.get("mailedLinks")).isEqualTo("reset");
      assertThat(read.get("problems")).asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(2);
    }

    /** The other provider asks the user storage for nothing: the password alone would do. */
    @Test
    void letNobodyInByThePasswordAlone() {
      HTTPResponse refused = signIn(TWO_FACTORS.email(), TWO_FACTORS.knownPassword());

      assertThat(refused.getStatusCode()).isEqualTo(400);
      assertThat(Oidc.json(refused)).containsEntry("error_description", "Invalid user credentials");
      assertThat(server.log())
          .contains(
              "User "
                  + TWO_FACTORS.id()
                  + " is refused: the credential provider keycloak-otp is not the one that knows");
    }

    /** Or else whoever reads the mailbox would be in after it, without the second factor. */
    @Test
    void setNoPasswordThatWouldDoAlone() {
      var password = new CredentialRepresentation();
      password.setType("password");
      password.setValue("a new password");
      var user = realm.realm().users().get(realm.user(TWO_FACTORS.email()).getId());

      assertThatThrownBy(() -> user.resetPassword(password))
          .isInstanceOf(BadRequestException.class);
    }

    @Test
    void leaveEverybodyElseAlone() {
      Oidc.tokens(signIn(ORDINARY.email(), ORDINARY.knownPassword()));
    }

    private static List<String> errors(KeycloakServer server) {
      return server.log().lines().filter(line -> line.contains("ProviderCheck]")).toList();
    }
  }

  /** Logins that come at once, on a server where nobody waits for a turn to compute a hash. */
  @Nested
  class AFullGate {

    private static final int CROWD = 24;

    @ParameterizedTest
    @ValueSource(strings = {"known", "nobody"})
    void isAnsweredAlikeWhoeverIsGuessed(String whom) {
      String email = whom.equals("known") ? ORDINARY.email() : "nobody-here@example.test";
      int refused = new Hashes(server).refused();

      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(() -> assertThat(statuses(email)).contains(503));

      assertThat(new Hashes(server).refused()).isGreaterThan(refused);
      assertThat(statuses(email)).isSubsetOf(400, 503);
      assertThat(server.log()).doesNotContain("Failed to send type to");
    }

    private Set<Integer> statuses(String email) {
      Callable<Integer> guess = () -> signIn(email, "a guess").getStatusCode();
      ExecutorService crowd = Executors.newFixedThreadPool(CROWD);
      try {
        Set<Integer> statuses = new HashSet<>();
        for (Future<Integer> answer : crowd.invokeAll(Collections.nCopies(CROWD, guess))) {
          statuses.add(answer.get());
        }
        return statuses;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      } catch (ExecutionException e) {
        throw new AssertionError(e);
      } finally {
        crowd.shutdown();
      }
    }
  }

  /** Better Auth puts a prefix before the cookie's name where its own address begins with https. */
  @Nested
  class BehindHttps {

    @Test
    void aCookieIsTakenByItsSecureNameAlone() {
      SessionCookies.take(realm.realm());
      String value = cookie();

      assertThat(open("__Secure-" + SessionCookies.NAME + "=" + value))
          .startsWith("http://app.test/");
      assertThat(open(SessionCookies.NAME + "=" + value)).isEmpty();
    }

    private String cookie() {
      PostgresServer postgres = TestServer.shared().postgres();
      postgres.execute(
          DATABASE,
          "insert into auth.sessions (id, token, user_id, created_at, expires_at) values"
              + " ('over-https', 'token-over-https', '"
              + ORDINARY.id()
              + "', now(), now() + interval '1 day')");
      return SessionCookies.value("token-over-https");
    }

    /** Where Keycloak leads; nowhere while it shows the form. */
    private String open(String cookie) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(realm.oidc().authUrl(TestRealm.APP, "")))
              .header("Accept", "text/html")
              .header("X-Forwarded-Proto", "https")
              .header("Cookie", cookie)
              .build();
      try {
        return HttpClient.newHttpClient()
            .send(request, BodyHandlers.discarding())
            .headers()
            .firstValue("Location")
            .orElse("");
      } catch (IOException e) {
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
