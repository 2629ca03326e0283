// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.keycloak.tests.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.accesstier.keycloak.tests.support.Browser;
import dev.accesstier.keycloak.tests.support.Oidc;
import dev.accesstier.keycloak.tests.support.TestRealm;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;

/** What is stored about a person, told to that person, and erased. */
@TestInstance(Lifecycle.PER_CLASS)
class PersonalDataIT {

  private static final String ACCOUNT = "for-account";
  private static final String OTHER = "other-app";

  private final TierRealm soft = realm("SOFT", "WRITABLE");

  private static TierRealm realm(String deleteMode, String editMode) {
    TierRealm realm = new TierRealm(Map.of("editMode", editMode, "deleteMode", deleteMode));
    ClientRepresentation account = TestRealm.client(ACCOUNT);
    account.setProtocolMappers(List.of(TestRealm.ownAudience("account")));
    realm.realm.add(account);
    ClientRepresentation other = TestRealm.client(OTHER);
    other.setFullScopeAllowed(false);
    other.setDefaultClientScopes(List.of("basic"));
    realm.realm.add(other);
    return realm;
  }

  @AfterAll
  void removeRealm() {
    soft.close();
  }

  @Nested
  class AnExport {

    @Test
    void hasWhatTheTablesHold() {
      Person person = new Person(soft);
      soft.execute(
          """
          insert into auth.security_events (user_id, event_type, ip_address, metadata)
          values ('%1$s', 'LOGIN_SUCCESS', '192.0.2.1', '{"a":1}');
          insert into auth.sessions (id, token, user_id, expires_at, ip_address)
          values ('s-%1$s', 'hidden-token-%1$s', '%1$s', now() + interval '1 hour', '192.0.2.2');
          insert into auth.accounts (id, account_id, provider_id, user_id, access_token, scope)
          values ('a-%1$s', 'g-1', 'google', '%1$s', 'hidden-access-token', 'email');
          insert into auth.two_factor_auth (user_id, secret, enabled, backup_codes)
          values ('%1$s', 'hidden-seed', true, 'hidden-codes');
          insert into auth.passkeys (id, user_id, credential_id, public_key, device_type, friendly_name)
          values ('p-%1$s', '%1$s', 'hidden-credential-%1$s', 'hidden-key', 'singleDevice', 'Laptop');
          insert into auth.user_settings (user_id) values ('%1$s');
          insert into auth.oauth_consents (id, user_id, client_id, scopes)
          values ('c-%1$s', '%1$s', 'an-app', 'openid');
          insert into auth.oauth_access_tokens
            (id, access_token, access_token_expires_at, client_id, user_id, scopes)
          values ('t-%1$s', 'hidden-opaque-%1$s', now(), 'an-app', '%1$s', 'openid');
          insert into auth.oauth_applications (id, name, client_id, client_secret, redirect_urls, user_id)
          values ('o-%1$s', 'Mine', 'mine-%1$s', 'hidden-of-app', 'https://a.test', '%1$s');
          insert into auth.matrix_user_links (id, matrix_user_id, user_id)
          values ('m-%1$s', '@%1$s:a.test', '%1$s');
          """
              .formatted(person.row()));

      Api.Answer answer = person.api(ACCOUNT).get("me/data/export");

      JsonNode data = answer.json(200);
      assertThat(answer.header("content-type")).startsWith("application/json");
      assertThat(answer.header("cache-control")).isEqualTo("no-store");
      assertThat(answer.header("content-disposition")).contains("personal-data.json");
      assertThat(data.path("exportVersion").asText()).isEqualTo("1.0");
      assertThat(data.at("/user/id").asText()).isEqualTo(person.row());
      assertThat(data.at("/user/email").asText()).isEqualTo(person.email);
      assertThat(data.at("/user/role").asText()).isEqualTo("user");
      assertThat(data.at("/user/created_at").asText()).isNotEmpty();
      assertThat(data.at("/sessions/0/ip_address").asText()).isEqualTo("192.0.2.2");
      assertThat(data.at("/securityEvents/0/metadata/a").asInt()).isEqualTo(1);
      assertThat(data.at("/accounts").findValuesAsText("provider_id"))
          .contains("google", "credential");
      assertThat(data.at("/secondFactors/0/enabled").asBoolean()).isTrue();
      assertThat(data.at("/passkeys/0/friendly_name").asText()).isEqualTo("Laptop");
      assertThat(data.at("/settings/0/global_settings/theme/mode").asText()).isEqualTo("system");
      assertThat(data.at("/consents/0/client_id").asText()).isEqualTo("an-app");
      assertThat(data.at("/tokens/0/scopes").asText()).isEqualTo("openid");
      assertThat(data.at("/applications/0/name").asText()).isEqualTo("Mine");
      assertThat(data.at("/matrixLinks/0/matrix_user_id").asText())
          .isEqualTo("@" + person.row() + ":a.test");
      assertThat(answer.text()).doesNotContain("hidden-");
      assertThat(person.api(ACCOUNT).get("me/data").json(200).at("/holds/accounts").asInt())
          .isEqualTo(2);
    }

    @Test
    void hasWhatKeycloakHolds() {
      Person person = new Person(soft);
      soft.local("teller@example.test", "realm-admin");
      soft.as("teller@example.test")
          .put("users/" + person.id + "/tier", "{\"tier\":\"beta\",\"reason\":\"tests\"}")
          .json(200);

      JsonNode data = person.api(ACCOUNT).get("me/data/export").json(200).path("keycloak");

      assertThat(data.path("accessTier").asText()).isEqualTo("beta");
      assertThat(data.at("/tierHistory/0/to").asText()).isEqualTo("beta");
      assertThat(data.at("/tierHistory/0/reason").asText()).isEqualTo("tests");
      assertThat(data.path("tierHistory").toString()).doesNotContain("teller");
      assertThat(data.at("/profile/username").asText()).isEqualTo(person.email);
      assertThat(data.at("/roles").toString()).contains("account:delete-account");
      assertThat(data.at("/sessions/0/clients/0").asText()).isEqualTo(ACCOUNT);
      assertThat(data.at("/events").findValuesAsText("type")).contains("LOGIN");
    }

    @Test
    void isLongWhereThereIsMuch() {
      Person person = new Person(soft);
      soft.execute(
          """
          insert into auth.security_events (user_id, event_type, created_at)
          select '%s', 'E' || n, now() - n * interval '1 second' from generate_series(1, 2500) n
          """
              .formatted(person.row()));

      JsonNode events = person.api(ACCOUNT).get("me/data/export").json(200).path("securityEvents");

      assertThat(events).hasSize(2500);
      assertThat(events.get(0).path("event_type").asText()).isEqualTo("E1");
      assertThat(events.get(2499).path("event_type").asText()).isEqualTo("E2500");
    }

    @Test
    void isTheSameAtTheOldPath() {
      Person person = new Person(soft);

      Api api = person.api(ACCOUNT);

      assertThat(api.get("api/v1/me/data").json(200)).isEqualTo(api.get("me/data").json(200));
      assertThat(api.get("api/v1/me/data/export").json(200).path("user"))
          .isEqualTo(api.get("me/data/export").json(200).path("user"));
    }

    /** As there are in a realm whose schema is read only. */
    @Test
    void ofAUserOfKeycloaksOwnHasTheSameForm() {
      try (TierRealm readOnly = realm("SOFT", "READ_ONLY")) {
        String id = readOnly.local("own-user@example.test");
        readOnly.grantAccount(id, "delete-account");
        Api api = api(readOnly, ACCOUNT, "own-user@example.test");

        JsonNode data = api.get("me/data/export").json(200);

        assertThat(data.at("/user/id").asText()).isEqualTo(id);
        assertThat(data.at("/user/name").asText()).isEqualTo("Lou Local");
        assertThat(data.path("sessions")).isEmpty();
        assertThat(data.at("/keycloak/sessions")).isNotEmpty();
        assertThat(data.at("/keycloak/credentials").findValuesAsText("type"))
            .containsExactly("password");
        assertThat(api.delete("me/data").json(200).path("erased").asBoolean()).isTrue();
        assertThat(readOnly.users().search("own-user@example.test")).isEmpty();
      }
    }

    @Test
    void isForAdminsWhoMaySeeTheUser() {
      Person person = new Person(soft);
      soft.local("viewer@example.test", "view-users");
      soft.local("clients@example.test", "view-clients");

      Api viewer = soft.as("viewer@example.test");
      Api clients = soft.as("clients@example.test");

      for (String path : List.of("/data", "/data/export")) {
        assertThat(viewer.get("users/" + person.id + path).json(200).at("/user/id").asText())
            .isEqualTo(person.row());
        assertThat(clients.get("users/" + person.id + path).status()).isEqualTo(403);
        assertThat(viewer.get("users/nobody" + path).status()).isEqualTo(404);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"me/data", "me/data/export", "api/v1/me/data"})
  void anAppWithOpenidAloneReadsAndErasesNothing(String path) {
    Person person = new Person(soft);
    Api other = person.api(OTHER);

    Api.Answer read = other.get(path);

    assertThat(read.status()).isEqualTo(403);
    assertThat(read.header("www-authenticate")).contains("insufficient_scope");
    assertThat(other.delete("me/data").status()).isEqualTo(403);
    assertThat(new Api(soft.publicUrl(), null).get(path).status()).isEqualTo(401);
    assertThat(soft.one("select deleted_at from auth.users where id = '" + person.row() + "'"))
        .isEqualTo("null");
  }

  @Nested
  class AnErasure {

    @Test
    void needsTheRole() {
      Person person = new Person(soft);
      soft.revokeAccount(person.id, "delete-account");

      assertThat(person.api(ACCOUNT).delete("me/data").status()).isEqualTo(403);
    }

    @Test
    void needsAFreshSignIn() {
      long now = Instant.now().getEpochSecond();
      addClient("signed-in-long-ago", now - 301);
      addClient("signed-in-before", now - 200);
      Person person = new Person(soft);

      Api.Answer stale = person.api("signed-in-long-ago").delete("me/data");

      assertThat(stale.status()).isEqualTo(401);
      assertThat(stale.header("www-authenticate"))
          .contains("error=\"insufficient_user_authentication\"", "max_age=300");
      assertThat(person.api("signed-in-before").delete("me/data").status()).isEqualTo(200);
    }

    /** Whose tokens say that the person signed in then. */
    private void addClient(String clientId, long signedIn) {
      ClientRepresentation client = TestRealm.client(clientId);
      client.setDefaultClientScopes(List.of("roles"));
      client.setProtocolMappers(
          List.of(
              TestRealm.mapper("oidc-sub-mapper", Map.of()),
              TestRealm.mapper(
                  "oidc-hardcoded-claim-mapper",
                  Map.of(
                      "claim.name", "auth_time",
                      "claim.value", String.valueOf(signedIn),
                      "jsonType.label", "long"))));
      soft.realm.add(client);
    }

    /** Then the session says when that was. */
    @Test
    void takesATokenThatDoesNotSayWhenThePersonSignedIn() {
      ClientRepresentation client = TestRealm.client("says-nothing");
      client.setDefaultClientScopes(List.of("roles"));
      client.setProtocolMappers(List.of(TestRealm.mapper("oidc-sub-mapper", Map.of())));
      soft.realm.add(client);

      assertThat(new Person(soft).api("says-nothing").delete("me/data").status()).isEqualTo(200);
    }

    @Test
    void marksTheRowAndSaysWhatStays() {
      Person person = new Person(soft);

      JsonNode answer = person.api(ACCOUNT).delete("me/data").json(200);

      assertThat(answer.path("success").asBoolean()).isTrue();
      assertThat(answer.path("erased").asBoolean()).isFalse();
      assertThat(answer.path("stays").toString()).contains("user", "accounts");
      assertThat(soft.one("select deleted_at from auth.users where id = '" + person.row() + "'"))
          .isNotEqualTo("null");
      assertThat(
              soft.realm.oidc().password(ACCOUNT, person.email, Browser.PASSWORD).getStatusCode())
          .isNotEqualTo(200);
    }

    @Test
    void removesTheRowsAndKeepsTheTrail() {
      try (TierRealm hard = realm("HARD", "WRITABLE")) {
        Person person = new Person(hard);
        hard.local("teller@example.test", "realm-admin");
        Api admin = hard.as("teller@example.test");
        admin.put("users/" + person.id + "/tier", "{\"tier\":\"beta\"}").json(200);

        JsonNode answer = person.api(ACCOUNT).delete("me/data").json(200);

        assertThat(answer.path("erased").asBoolean()).isTrue();
        assertThat(answer.has("stays")).isFalse();
        assertThat(hard.one("select count(*) from auth.users where id = '" + person.row() + "'"))
            .isEqualTo("0");
        JsonNode trail = admin.get("history").json(200);
        assertThat(trail.get(0).path("id").asText()).isEqualTo(person.id);
        assertThat(trail.get(0).path("name").isNull()).isTrue();
        assertThat(trail.toString()).doesNotContain(person.email);
        await()
            .untilAsserted(
                () ->
                    assertThat(
                            hard.keycloak()
                                .getEvents(
                                    List.of("DELETE_ACCOUNT"),
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null))
                        .singleElement()
                        .satisfies(event -> assertThat(event.getUserId()).isEqualTo(person.id)));
      }
    }

    @Test
    void isNotPossibleInAReadOnlySchema() {
      try (TierRealm readOnly = realm("SOFT", "READ_ONLY")) {
        Person person = new Person(readOnly);

        Api.Answer answer = person.api(ACCOUNT).delete("me/data");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("allow")).isEqualTo("GET");
        assertThat(person.api(ACCOUNT).get("me/data/export").status()).isEqualTo(200);
      }
    }
  }

  private static Api api(TierRealm realm, String client, String email) {
    String token =
        Oidc.tokens(realm.realm.oidc().password(client, email, Browser.PASSWORD))
            .getAccessToken()
            .getValue();
    return new Api(realm.publicUrl(), () -> token);
  }

  /** Someone of the schema who may erase the account. */
  private static final class Person {

    private final TierRealm realm;
    private final String email = UUID.randomUUID() + "@example.test";
    private final String id;

    Person(TierRealm realm) {
      this.realm = realm;
      this.id = realm.withPassword(email);
      realm.grantAccount(id, "delete-account");
    }

    String row() {
      return id.substring(id.lastIndexOf(':') + 1);
    }

    Api api(String client) {
      return PersonalDataIT.api(realm, client, email);
    }
  }
}
