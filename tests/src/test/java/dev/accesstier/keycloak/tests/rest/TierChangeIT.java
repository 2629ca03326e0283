// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.devserver.KeycloakServer;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import dev.accesstier.keycloak.tests.support.TestServer;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.admin.client.resource.UserResource;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** One tier changed, on every way an admin has, and what is left of it. */
@TestInstance(Lifecycle.PER_CLASS)
final class TierChangeIT {

  private final TierRealm realm = new TierRealm();
  private String admin;

  @BeforeAll
  void makePeople() {
    admin = realm.local("admin@example.test", "view-users", "manage-users");
  }

  @AfterAll
  void removeRealm() {
    realm.close();
  }

  @Nested
  class ThroughTheApi {

    @Test
    void tierOfAFederatedUserIsInTheRowInTheTrailAndInTheEvents() {
      String id = realm.federated("fed-api@example.test", "public");
      Api api = realm.as("admin@example.test");
      String before = realm.one("select updated_at from auth.users where id = '" + last(id) + "'");

      JsonNode answer =
          api.put("users/" + id + "/tier", "{\"tier\":\"alpha\",\"reason\":\"asked for it\"}")
              .json(200);

      assertThat(answer.toString())
          .isEqualTo(
              "{\"success\":true,\"user\":{\"id\":\"%s\",\"email\":\"fed-api@example.test\",\"accessTier\":\"alpha\"}}"
                  .formatted(id));
      assertThat(realm.column(id)).isEqualTo("alpha");
      assertThat(realm.one("select updated_at from auth.users where id = '" + last(id) + "'"))
          .isNotEqualTo(before);
      assertThat(api.get("users/" + id + "/tier").json(200).get("accessTier").asText())
          .isEqualTo("alpha");
      assertThat(realm.user(id).toRepresentation().getAttributes())
          .containsEntry("access_tier", List.of("alpha"));
      JsonNode trail = history(id);
      assertThat(trail).hasSize(1);
      JsonNode entry = trail.get(0);
      assertThat(entry.get("from").asText()).isEqualTo("public");
      assertThat(entry.get("to").asText()).isEqualTo("alpha");
      assertThat(entry.get("by").asText()).isEqualTo("admin@example.test");
      assertThat(entry.get("byClient").asText()).isEqualTo(TierRealm.TOOL);
      assertThat(entry.get("ip").asText()).isEqualTo("127.0.0.1");
      assertThat(entry.get("reason").asText()).isEqualTo("asked for it");
      assertThat(entry.get("source").asText()).isEqualTo("api");
      assertThat(entry.get("at").asText()).matches("\\d{4}-.*Z");
      assertThat(realm.events())
          .anySatisfy(
              event -> {
                assertThat(event.getResourcePath()).isEqualTo("users/" + id);
                assertThat(event.getOperationType()).isEqualTo("UPDATE");
                assertThat(event.getRepresentation())
                    .contains("\"from\":\"public\"", "\"to\":\"alpha\"");
                assertThat(event.getAuthDetails().getUserId()).isEqualTo(admin);
              });
    }

    @Test
    void tierOfALocalUserIsTheAttribute() {
      String id = realm.local("local-api@example.test");
      Api api = realm.as("admin@example.test");
      assertThat(api.get("users/" + id + "/tier").json(200).get("accessTier").asText())
          .isEqualTo("public");

      api.put("users/" + id + "/tier", "{\"tier\":\"beta\"}").json(200);

      assertThat(realm.user(id).toRepresentation().getAttributes())
          .containsEntry("access_tier", List.of("beta"));
      assertThat(history(id)).hasSize(1);
      assertThat(history(id).get(0).get("from").asText()).isEqualTo("public");
      assertThat(realm.events()).anyMatch(event -> event.getResourcePath().equals("users/" + id));
    }

    @Test
    void theSameTierAgainLeavesNoEntry() {
      String id = realm.federated("fed-same@example.test", "beta");
      String localId = realm.local("local-same@example.test");
      Api api = realm.as("admin@example.test");
      String before = realm.one("select updated_at from auth.users where id = '" + last(id) + "'");

      assertThat(api.put("users/" + id + "/tier", "{\"tier\":\"beta\"}").status()).isEqualTo(200);
      assertThat(api.put("users/" + localId + "/tier", "{\"tier\":\"public\"}").status())
          .isEqualTo(200);

      assertThat(history(id)).isEmpty();
      assertThat(history(localId)).isEmpty();
      assertThat(realm.one("select updated_at from auth.users where id = '" + last(id) + "'"))
          .isEqualTo(before);
    }

    @Test
    void theSchemasOwnIdWillDo() {
      String id = realm.federated("fed-id@example.test", "beta");
      assertThat(
              realm.asMaster().put("users/" + last(id) + "/tier", "{\"tier\":\"guest\"}").json(200))
          .isNotNull();
      assertThat(realm.column(id)).isEqualTo("guest");
      assertThat(history(last(id)).get(0).get("by").asText()).isEqualTo(KeycloakServer.ADMIN);
    }

    @Test
    void theTrailOutlivesTheUser() {
      String id = realm.local("leaver@example.test");
      realm.asMaster().put("users/" + id + "/tier", "{\"tier\":\"beta\"}").json(200);
      realm.user(id).remove();

      assertThat(history(id)).hasSize(1);
      assertThat(history(id).toString()).doesNotContain("leaver");
    }
  }

  @Nested
  class ThroughKeycloaksOwnForm {

    @Test
    void tierOfAFederatedUserIsChangedByTheAdmin() {
      String id = realm.federated("fed-form@example.test", "public");
      UserResource user = realm.user(id);
      UserRepresentation form = user.toRepresentation();
      form.getAttributes().put("access_tier", List.of("founder"));

      user.update(form);

      assertThat(realm.column(id)).isEqualTo("founder");
      assertThat(history(id)).hasSize(1);
      assertThat(history(id).get(0).get("by").asText()).isEqualTo(KeycloakServer.ADMIN);
      assertThat(history(id).get(0).get("byClient").asText()).isEqualTo("admin-cli");
      assertThat(history(id).get(0).get("source").asText()).isEqualTo("console");
      assertThat(user.toRepresentation().getAttributes())
          .containsEntry("access_tier", List.of("founder"));
    }

    /** A realm's name is in a token's issuer, and there in another form than in the database. */
    @Test
    void theAuthorIsKnownWhateverTheRealmIsCalled() {
      TestServer server = TestServer.shared();
      RealmRepresentation revue = new RealmRepresentation();
      revue.setRealm("rev\u00fc-" + UUID.randomUUID().toString().substring(0, 8));
      revue.setEnabled(true);
      revue.setClients(List.of(TestRealm.client(TierRealm.TOOL)));
      UserRepresentation boss = person("boss@example.test");
      boss.setClientRoles(Map.of("realm-management", List.of("realm-admin")));
      revue.setUsers(List.of(boss, person("someone@example.test")));
      server.admin().realms().create(revue);
      RealmResource keycloak = server.admin().realm(revue.getRealm());
      try {
        TierRealm.declareTheDropDown(keycloak);
        String base = server.keycloak().baseUrl();
        String encoded = Api.encoded(revue.getRealm());
        String token =
            Oidc.tokens(
                    new Oidc(base + "/realms/" + encoded)
                        .password(TierRealm.TOOL, "boss@example.test", Browser.PASSWORD))
                .getAccessToken()
                .getValue();
        Api api = new Api(base + "/admin/realms/" + encoded + "/", () -> token);
        String id = keycloak.users().searchByUsername("someone@example.test", true).get(0).getId();

        Api.Answer saved =
            api.put(
                "users/" + id,
                "{\"username\":\"someone@example.test\",\"email\":\"someone@example.test\",\"firstName\":\"Ada\",\"lastName\":\"Example\",\"attributes\":{\"access_tier\":[\"alpha\"]}}");

        assertThat(saved.status()).as(saved.text()).isEqualTo(204);
        JsonNode entry = api.get("access-tier/users/" + id + "/tier/history").json(200).get(0);
        assertThat(entry.get("by").asText()).isEqualTo("boss@example.test");
        assertThat(entry.get("byClient").asText()).isEqualTo(TierRealm.TOOL);
        assertThat(entry.get("source").asText()).isEqualTo("console");
      } finally {
        keycloak.remove();
      }
    }

    private static UserRepresentation person(String username) {
      UserRepresentation user = new UserRepresentation();
      user.setUsername(username);
      user.setEmail(username);
      user.setFirstName("Ada");
      user.setLastName("Example");
      user.setEnabled(true);
      CredentialRepresentation password = new CredentialRepresentation();
      password.setType(CredentialRepresentation.PASSWORD);
      password.setValue(Browser.PASSWORD);
      user.setCredentials(List.of(password));
      return user;
    }

    @Test
    void tierOfALocalUserIsChangedByTheAdmin() {
      String id = realm.local("local-form@example.test");
      UserResource user = realm.user(id);
      for (String tier : List.of("beta", "alpha")) {
        UserRepresentation form = user.toRepresentation();
        form.setAttributes(Map.of("access_tier", List.of(tier)));
        user.update(form);
      }

      assertThat(user.toRepresentation().getAttributes())
          .containsEntry("access_tier", List.of("alpha"));
      assertThat(history(id)).hasSize(2);
      assertThat(history(id).get(0).get("from").asText()).isEqualTo("beta");
      assertThat(history(id).get(0).get("to").asText()).isEqualTo("alpha");
      assertThat(history(id).get(0).get("by").asText()).isEqualTo(KeycloakServer.ADMIN);
    }

    @Test
    void aRequestThatLeavesTheTierOutKeepsIt() {
      String id = realm.federated("fed-keep@example.test", "alpha");
      String localId = realm.local("local-keep@example.test");
      realm.asMaster().put("users/" + localId + "/tier", "{\"tier\":\"beta\"}").json(200);
      for (Map<String, List<String>> attributes :
          List.of(
              Map.<String, List<String>>of(),
              Map.of("other", List.of("x")),
              Map.of("access_tier", List.<String>of()),
              Map.of("access_tier", List.of("")))) {
        for (String one : List.of(id, localId)) {
          UserRepresentation form = realm.user(one).toRepresentation();
          form.setAttributes(attributes);
          realm.user(one).update(form);
        }
      }

      assertThat(realm.column(id)).isEqualTo("alpha");
      assertThat(realm.user(localId).toRepresentation().getAttributes())
          .containsEntry("access_tier", List.of("beta"));
      assertThat(history(id)).isEmpty();
      assertThat(history(localId)).hasSize(1);
    }

    @Test
    void anUnknownTierIsRefused() {
      for (String id :
          List.of(
              realm.federated("fed-unknown@example.test", "alpha"),
              realm.local("local-unknown@example.test"))) {
        UserRepresentation form = realm.user(id).toRepresentation();
        form.setAttributes(Map.of("access_tier", List.of("gold")));
        WebApplicationException refused =
            catchThrowableOfType(WebApplicationException.class, () -> realm.user(id).update(form));
        assertThat(refused).isNotNull();
        assertThat(refused.getResponse().getStatus()).isEqualTo(400);
        assertThat(history(id)).isEmpty();
      }
    }

    @Test
    void aTierThatALocalUserIsMadeWithIsInTheTrail() {
      UserRepresentation made = new UserRepresentation();
      made.setUsername("made@example.test");
      made.setEmail("made@example.test");
      made.setFirstName("Max");
      made.setLastName("Made");
      made.setAttributes(Map.of("access_tier", List.of("founder")));
      realm.users().create(made).close();
      String id = realm.users().searchByUsername("made@example.test", true).get(0).getId();

      assertThat(history(id)).hasSize(1);
      assertThat(history(id).get(0).get("from").isNull()).isTrue();
      assertThat(history(id).get(0).get("to").asText()).isEqualTo("founder");
    }

    @Test
    void nothingElseOfAReadOnlyRowCanBeChanged() {
      String id = realm.federated("fed-name@example.test", "alpha");
      UserRepresentation form = realm.user(id).toRepresentation();
      form.setFirstName("Other");
      form.getAttributes().put("access_tier", List.of("beta"));
      assertThat(
              catchThrowableOfType(
                  WebApplicationException.class, () -> realm.user(id).update(form)))
          .isNotNull();
      assertThat(realm.column(id)).isEqualTo("alpha");
      assertThat(history(id)).isEmpty();
    }
  }

  private JsonNode history(String id) {
    return realm.asMaster().get("users/" + id + "/tier/history").json(200);
  }

  private static String last(String id) {
    return id.substring(id.lastIndexOf(':') + 1);
  }
}
