// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.devserver.KeycloakOptions;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * A server with Keycloak's tables in H2, without any schema {@code auth}, with the fine-grained
 * permissions of its version, and with a trail that is kept for half a minute.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class TrailOnH2IT {

  private static final Duration KEPT = Duration.ofSeconds(30);

  private KeycloakServer server;
  private Keycloak master;

  @BeforeAll
  void start() {
    server =
        KeycloakServer.start(
            TestServer.folder("trail-on-h2"),
            KeycloakOptions.defaults()
                .provider(TestServer.jar())
                .argument("--spi-access-tier-change-log--jpa--retention=" + KEPT.toSeconds() + "s")
                .argument("--spi-access-tier-change-log--jpa--clean-up-interval=2s")
                .heap("-Xms128m -Xmx512m"));
    master = TestServer.admin(server.baseUrl());
    RealmRepresentation realm = new RealmRepresentation();
    realm.setRealm("h2");
    realm.setEnabled(true);
    realm.setAdminPermissionsEnabled(true);
    realm.setClients(List.of(TestRealm.client(TierRealm.TOOL)));
    master.realms().create(realm);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private RealmResource realm() {
    return master.realm("h2");
  }

  @Test
  void entriesAreKeptAsLongAsTheServerSays() {
    String id = user("kept@example.test");
    asMaster().put("users/" + id + "/tier", "{\"tier\":\"beta\"}").json(200);
    assertThat(history(id)).hasSize(1);

    Awaitility.await()
        .atMost(KEPT.multipliedBy(4))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(history(id)).isEmpty());
    assertThat(asMaster().get("users/" + id + "/tier").json(200).get("accessTier").asText())
        .isEqualTo("beta");
  }

  @Test
  void listsAndCountsWorkToo() {
    String id = user("listed@example.test");
    asMaster().put("users/" + id + "/tier", "{\"tier\":\"founder\"}").json(200);
    JsonNode found = asMaster().get("users?tier=founder&search=listed").json(200);
    assertThat(found.get("total").asInt()).isEqualTo(1);
    assertThat(found.get("users").get(0).get("id").asText()).isEqualTo(id);
    assertThat(asMaster().get("users?tier=public&search=listed").json(200).get("total").asInt())
        .isZero();
    assertThat(asMaster().get("summary").json(200).get("users").get("founder").asInt())
        .isPositive();
    assertThat(asMaster().get("status").json(200).get("databases")).isEmpty();
  }

  @Test
  void aPermissionForOneUserIsAPermissionForOneUser() {
    String mine = user("mine@example.test");
    String other = user("other@example.test");
    String helper = user("helper@example.test");
    permit(helper, mine);
    Api api = new Api(adminUrl(), () -> token("helper@example.test"));

    assertThat(api.get("users/" + mine + "/tier").status()).isEqualTo(200);
    assertThat(api.put("users/" + mine + "/tier", "{\"tier\":\"alpha\"}").status()).isEqualTo(200);
    assertThat(api.get("users/" + other + "/tier").status()).isEqualTo(403);
    assertThat(api.put("users/" + other + "/tier", "{\"tier\":\"alpha\"}").status()).isEqualTo(403);
    assertThat(api.get("users").status()).isEqualTo(403);
    assertThat(history(mine).get(0).get("by").asText()).isEqualTo("helper@example.test");
    assertThat(history(other)).isEmpty();
  }

  @Test
  void whoMayChangeOneOfManyChangesThatOne() {
    String mine = user("one-of-many@example.test");
    String other = user("none-of-mine@example.test");
    String helper = user("many-helper@example.test");
    permit(helper, mine);
    String management = realm().clients().findByClientId("realm-management").get(0).getId();
    realm()
        .users()
        .get(helper)
        .roles()
        .clientLevel(management)
        .add(
            List.of(
                realm().clients().get(management).roles().get("query-users").toRepresentation()));
    Api api = new Api(adminUrl(), () -> token("many-helper@example.test"));
    JsonNode done =
        api.post(
                "users/tier", "{\"ids\":[\"%s\",\"%s\"],\"tier\":\"alpha\"}".formatted(mine, other))
            .json(200);
    assertThat(done.get("changed").asInt()).isEqualTo(1);
    assertThat(done.get("failed").get(0).get("error").asText()).isEqualTo("Forbidden");
    assertThat(history(other)).isEmpty();
  }

  /** Gives one user the right to view and manage another, as Keycloak's console does. */
  private void permit(String helper, String user) {
    String client = realm().clients().findByClientId("admin-permissions").get(0).getId();
    Api admin =
        new Api(
            server.baseUrl() + "/admin/realms/h2/clients/" + client + "/authz/resource-server/",
            this::masterToken);
    String policy =
        admin
            .post("policy/user", "{\"name\":\"%1$s\",\"users\":[\"%1$s\"]}".formatted(helper))
            .json(201)
            .get("id")
            .asText();
    admin
        .post(
            "permission/scope",
            "{\"name\":\"help %s\",\"resourceType\":\"Users\",\"resources\":[\"%s\"],\"scopes\":[\"view\",\"manage\"],\"policies\":[\"%s\"]}"
                .formatted(helper, user, policy))
        .json(201);
  }

  private String user(String name) {
    UserRepresentation user = new UserRepresentation();
    user.setUsername(name);
    user.setEmail(name);
    user.setFirstName("Lou");
    user.setLastName("Local");
    user.setEnabled(true);
    user.setEmailVerified(true);
    CredentialRepresentation password = new CredentialRepresentation();
    password.setType(CredentialRepresentation.PASSWORD);
    password.setValue(Browser.PASSWORD);
    user.setCredentials(List.of(password));
    try (Response created = realm().users().create(user)) {
      return CreatedResponseUtil.getCreatedId(created);
    }
  }

  private JsonNode history(String id) {
    return asMaster().get("users/" + id + "/tier/history").json(200);
  }

  private Api asMaster() {
    return new Api(adminUrl(), this::masterToken);
  }

  private String masterToken() {
    return master.tokenManager().getAccessTokenString();
  }

  private String token(String user) {
    Oidc oidc = new Oidc(server.baseUrl() + "/realms/h2");
    return Oidc.tokens(oidc.password(TierRealm.TOOL, user, Browser.PASSWORD))
        .getAccessToken()
        .getValue();
  }

  private String adminUrl() {
    return server.baseUrl() + "/admin/realms/h2/access-tier/";
  }
}
