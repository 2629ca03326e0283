// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dasniko.testcontainers.keycloak.KeycloakContainer;
import dev.accesstier.keycloak.tests.support.Needs;
import dev.accesstier.keycloak.tests.support.Oidc;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.images.builder.Transferable;

/** The image, with a database beside it, its passwords in a file and the realm imported. */
@Needs(Needs.Tool.DOCKER)
@TestInstance(Lifecycle.PER_CLASS)
final class ImageIT {

  private static final String APP = "beta-app";
  private static final String SECRETS = "/run/secrets/keycloak.conf";

  private KeycloakContainer keycloak;
  private SampleRealm mana;

  @BeforeAll
  void start() {
    Containers containers = Containers.shared();
    keycloak =
        containers
            .keycloak()
            .withEnv("KC_CONFIG_FILE", SECRETS)
            .withCopyToContainer(Transferable.of(secrets()), SECRETS);
    keycloak.start();
    mana = new SampleRealm(Containers.url(keycloak));
    mana.addApp(APP, "beta");
  }

  private static String secrets() {
    return """
        db-password=%s
        spi-storage--auth-schema--password=%s
        """
        .formatted(Containers.KEYCLOAK_PASSWORD, Containers.AUTH_PASSWORD);
  }

  @AfterAll
  void stop() {
    mana.close();
    keycloak.stop();
  }

  @ParameterizedTest
  @ValueSource(strings = {"beta", "alpha", "founder"})
  void aUserSignsInAndFindsTheTierInTheToken(String tier) {
    var token = Oidc.tokens(mana.password(APP, tier + "-user")).getAccessToken();
    assertThat(Oidc.claims(token)).containsEntry("access_tier", tier);
    assertThat(mana.browser(APP, tier + "-user").parameter("code")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"guest", "public"})
  void aUserBelowTheTierIsRefused(String tier) {
    HTTPResponse response = mana.password(APP, tier + "-user");
    assertThat(response.getStatusCode()).isEqualTo(400);
    assertThat(Oidc.json(response)).containsEntry("error", "access_denied");
    assertThat(mana.browser(APP, tier + "-user").isDeniedPage()).isTrue();
  }

  @Test
  void itIsHealthyAndSaysSoWithoutCurl() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> inspect("{{.State.Health.Status}}"), "healthy"::equals);
  }

  @Test
  void aServerThatDoesNotAnswerIsNotHealthy() throws IOException, InterruptedException {
    String check = inspect("{{index .Config.Healthcheck.Test 3}}");
    assertThat(exec(check)).isZero();
    assertThat(exec("KC_HTTP_MANAGEMENT_PORT=1; " + check)).isNotZero();
    // What answers here is the server, but nothing about its health.
    assertThat(exec("KC_HTTP_MANAGEMENT_PORT=8080; " + check)).isNotZero();
  }

  @Test
  void itDoesNotRunAsRoot() throws IOException, InterruptedException {
    assertThat(keycloak.execInContainer("id", "-u").getStdout().trim()).isEqualTo("1000");
    assertThat(image("{{.Config.User}}")).isEqualTo("1000");
  }

  @Test
  void noLayerHoldsASecret() {
    String history =
        Command.of(
                "docker", "history", "--no-trunc", "--format", "{{.CreatedBy}}", Containers.IMAGE)
            .run();
    assertThat((history + image("{{json .Config}}")).toLowerCase(Locale.ROOT))
        .contains("kc.sh build")
        .doesNotContain("password", "secret", "bootstrap", "jdbc:");
  }

  @Test
  void itSaysWhatItIs() {
    assertThat(image("{{index .Config.Labels \"org.opencontainers.image.title\"}}"))
        .isEqualTo("keycloak-access-tier");
    assertThat(image("{{index .Config.Labels \"org.opencontainers.image.base.name\"}}"))
        .isEqualTo(Containers.BASE_IMAGE);
  }

  /** Health and metrics, which need no sign-in, are not where the world comes in. */
  @Test
  void metricsAreServedOnTheManagementPortAlone() throws IOException, InterruptedException {
    assertThat(keycloak.execInContainer("bash", "-c", get(9000, "/metrics")).getStdout())
        .contains(" 200 ", "jvm_threads_daemon_threads");
    assertThat(keycloak.execInContainer("bash", "-c", get(8080, "/metrics")).getStdout())
        .contains(" 404 ");
  }

  /** The image asks the JVM for the Vector API; the look for it takes a few seconds. */
  @Test
  void passwordHashesAreComputedByCodeOfOurOwn() {
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () ->
                assertThat(
                        keycloak.execInContainer("bash", "-c", get(9000, "/metrics")).getStdout())
                    .containsPattern(
                        "access_tier_scrypt_implementation\\{implementation=\"(vector|scalar)\""));
  }

  private static String get(int port, String path) {
    return "exec 3<>/dev/tcp/127.0.0.1/%d; printf 'GET %s HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
        .formatted(port, path);
  }

  private int exec(String command) throws IOException, InterruptedException {
    return keycloak.execInContainer("bash", "-c", command).getExitCode();
  }

  private String inspect(String format) {
    return Command.of("docker", "inspect", "-f", format, keycloak.getContainerId()).run().trim();
  }

  private static String image(String format) {
    return Command.of("docker", "image", "inspect", "-f", format, Containers.IMAGE).run().trim();
  }
}
