// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.devserver.PostgresServer;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Fixture;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.BadRequestException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.Keycloak;

/** A server that was given the schema and no Better Auth secret. */
@TestInstance(Lifecycle.PER_CLASS)
final class WithoutSecretIT {

  private static final String DATABASE = "factor_without_secret";
  private static final Fixture.User ENROLLED = Fixture.known().user("totp-1");
  private static final Fixture.User OTHER = Fixture.known().user("beta-user");

  private final PostgresServer postgres = TestServer.shared().postgres();
  private KeycloakServer server;
  private Keycloak admin;
  private TestRealm realm;

  @BeforeAll
  void start() {
    Fixture.load(postgres.createDatabase(DATABASE));
    postgres.createDatabase("keycloak_without_secret");
    server =
        KeycloakServer.start(
            TestServer.folder("without-secret"),
            KeycloakOptions.defaults()
                .provider(TestServer.jar())
                .database(postgres, "keycloak_without_secret")
                .argument("--spi-storage--auth-schema--jdbc-url=" + postgres.jdbcUrl(DATABASE))
                .variable("KC_SPI_STORAGE__AUTH_SCHEMA__USERNAME", PostgresServer.USER)
                .heap("-Xms128m -Xmx512m"));
    admin = TestServer.admin(server.baseUrl());
    realm = TestRealm.on(admin, server.baseUrl(), Map.of("editMode", "WRITABLE"));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void whoHasASecondFactorIsRefusedAndTheLogSaysWhy() {
    var answer =
        realm
            .oidc()
            .password(
                TestRealm.APP, ENROLLED.email(), ENROLLED.knownPassword(), ENROLLED.app().code());

    assertThat(Oidc.json(answer)).containsEntry("error", "invalid_grant");
    assertThat(server.log().lines())
        .filteredOn(line -> line.contains(ENROLLED.id()) && line.contains("SecondFactor"))
        .singleElement()
        .asString()
        .endsWith("needs the Better Auth secret, and none is configured");
  }

  @Test
  void whoHasNoneSignsInButCannotSetOneUp() {
    Oidc.tokens(realm.oidc().password(TestRealm.APP, OTHER.email(), OTHER.knownPassword()));
    Browser browser = new Browser(server.baseUrl());
    browser.signIn(realm.oidc().authUrl(TestRealm.APP, ""), OTHER.email(), OTHER.knownPassword());
    Browser.Stop page =
        browser.open(realm.oidc().authUrl(TestRealm.APP, "&kc_action=" + FactorRealm.CONFIGURE));

    Browser.Stop stop = EnrolmentIT.setUp(browser, page).end();

    assertThat(stop.body()).contains("cannot be set up at the moment");
    assertThat(server.log()).contains("the Better Auth secret is not configured");
    String id = realm.user(OTHER.email()).getId();
    assertThat(realm.realm().users().get(id).credentials())
        .extracting("type")
        .isEqualTo(List.of("password"));
  }

  @Test
  void aComponentWithItsOwnConnectionIsNotSavedWithoutTheSecret() {
    Map<String, String> own =
        Map.of("jdbcUrl", postgres.jdbcUrl(DATABASE), "username", PostgresServer.USER);
    BadRequestException refused =
        catchThrowableOfType(BadRequestException.class, () -> realm.configure(own));

    assertThat(refused).isNotNull();
    assertThat(refused.getResponse().readEntity(String.class))
        .contains("cannot be read without the Better Auth secret");
    realm.configure(
        Map.of(
            "jdbcUrl",
            postgres.jdbcUrl(DATABASE),
            "username",
            PostgresServer.USER,
            "betterAuthSecret",
            Fixture.known().secret()));
    realm.configure(Map.of("jdbcUrl", "", "username", "", "betterAuthSecret", ""));
  }
}
